//! Istio, as its source is read: what its control plane makes of a VirtualService, on the real Envoy.
//!
//! The control plane cannot be had here. How it words a `corsPolicy` and the operations on headers for Envoy is in
//! `TranslateCORSPolicy` and around it, in `pilot/pkg/networking/core/route/route.go`.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;
use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Value, json};

use super::{Folder, Server};

pub(crate) struct Istio;

const TYPE: &str = "type.googleapis.com/envoy.extensions.filters";

impl Server for Istio {
    fn target(&self) -> &'static str {
        "istio"
    }

    fn part(&self) -> Part {
        Part::Envoy
    }

    fn listens(&self) -> bool {
        true
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let (mut listeners, mut clusters) = (Vec::new(), Vec::new());
        for (number, port) in served.numbers.iter().zip(served.ports) {
            let text = std::fs::read_to_string(served.path.join(format!("policy_{number}.yaml")))?;
            let documents = Yaml::load_from_str(&text)?;
            let service = json_of(documents.first().ok_or("the text is empty")?);
            let rule = &service["spec"]["http"][0];
            let name = number.to_string();
            listeners.push(listener(&name, *port, rule));
            clusters.push(cluster(&name, &rule["route"][0]["destination"]["port"]["number"]));
        }
        let bootstrap = json!({ "static_resources": { "listeners": listeners, "clusters": clusters } });
        std::fs::write(served.path.join("envoy.json"), bootstrap.to_string())?;
        let mut command = Command::new(self.part().program()?);
        command.args(["--disable-hot-restart", "--concurrency", "1", "--log-level", "error"]);
        command.args(["-c", "envoy.json"]);
        Ok(command)
    }
}

fn listener(name: &str, port: u16, rule: &Value) -> Value {
    let route = json!({
        "match": { "prefix": "/" },
        "route": { "cluster": name },
        "response_headers_to_remove": rule["headers"]["response"]["remove"],
        "response_headers_to_add": added(&rule["headers"]["response"]["add"]),
        "typed_per_filter_config": { "envoy.filters.http.cors": cors_policy(&rule["corsPolicy"]) },
    });
    let connection_manager = json!({
        "@type": format!("{TYPE}.network.http_connection_manager.v3.HttpConnectionManager"),
        "stat_prefix": name,
        "http_filters": [
            { "name": "envoy.filters.http.cors", "typed_config": { "@type": format!("{TYPE}.http.cors.v3.Cors") } },
            { "name": "envoy.filters.http.router", "typed_config": { "@type": format!("{TYPE}.http.router.v3.Router") } },
        ],
        "route_config": { "virtual_hosts": [{ "name": name, "domains": ["*"], "routes": [route] }] },
    });
    let filter = json!({ "name": "envoy.filters.network.http_connection_manager", "typed_config": connection_manager });
    json!({ "name": name, "address": address(&port.into()), "filter_chains": [{ "filters": [filter] }] })
}

/// What is added is appended to what is there.
fn added(headers: &Value) -> Vec<Value> {
    let headers = headers.as_object().into_iter().flatten();
    let one = |(key, value): (&String, &Value)| json!({ "header": { "key": key, "value": value }, "append_action": "APPEND_IF_EXISTS_OR_ADD" });
    headers.map(one).collect()
}

/// `TranslateCORSPolicy`: lists are joined by commas, a max-age is seconds without their unit.
fn cors_policy(policy: &Value) -> Value {
    let list = |key: &str| {
        let names = policy[key].as_array().into_iter().flatten();
        names.filter_map(Value::as_str).collect::<Vec<_>>().join(",")
    };
    let matcher = |origin: &Value| match origin.get("regex") {
        Some(regex) => json!({ "safe_regex": { "regex": regex } }),
        None => json!({ "exact": origin["exact"] }),
    };
    let origins = policy["allowOrigins"].as_array().into_iter().flatten();
    json!({
        "@type": format!("{TYPE}.http.cors.v3.CorsPolicy"),
        "allow_origin_string_match": origins.map(matcher).collect::<Vec<_>>(),
        "allow_methods": list("allowMethods"),
        "allow_headers": list("allowHeaders"),
        "expose_headers": list("exposeHeaders"),
        "max_age": policy["maxAge"].as_str().unwrap_or_default().trim_end_matches('s'),
        "allow_credentials": policy["allowCredentials"],
        "forward_not_matching_preflights": policy["unmatchedPreflights"] != "IGNORE",
    })
}

fn cluster(name: &str, port: &Value) -> Value {
    let endpoint = json!({ "endpoint": { "address": address(port) } });
    json!({
        "name": name,
        "type": "STATIC",
        "load_assignment": { "cluster_name": name, "endpoints": [{ "lb_endpoints": [endpoint] }] },
    })
}

fn address(port: &Value) -> Value {
    json!({ "socket_address": { "address": "127.0.0.1", "port_value": port } })
}

/// The same value in JSON, which has all that a manifest has.
fn json_of(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Sequence(list) => list.iter().map(json_of).collect(),
        Yaml::Mapping(table) => {
            let entry = |(key, value)| (Yaml::as_str(key).unwrap_or_default().to_owned(), json_of(value));
            Value::Object(table.iter().map(entry).collect())
        }
        Yaml::Value(Scalar::Boolean(value)) => (*value).into(),
        Yaml::Value(Scalar::Integer(value)) => (*value).into(),
        other => other.as_str().into(),
    }
}
