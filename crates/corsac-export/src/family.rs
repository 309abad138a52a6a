//! The families of targets: how a person who looks for theirs finds it among many.
//!
//! Knows their names, and nothing of what they can do.

use crate::target::Target;
use crate::targets::targets;

struct Family {
    /// What they are called together.
    title: &'static str,
    names: &'static [&'static str],
}

const FAMILIES: &[Family] = &[
    Family {
        title: "Servers in front",
        names: &["nginx", "apache", "haproxy", "caddy", "envoy", "traefik", "kong", "apisix"],
    },
    Family { title: "JavaScript", names: &["express", "fastify", "hono", "koa", "node"] },
    Family { title: "Python", names: &["fastapi", "django", "flask"] },
    Family {
        title: "Ruby, PHP, Go, Java and .NET",
        names: &["rack-cors", "laravel", "rs-cors", "jub0bs-cors", "spring", "aspnet"],
    },
    Family { title: "Rust", names: &["tower-http", "actix-cors", "corsac"] },
    Family { title: "Kubernetes", names: &["gateway-api", "istio", "ingress-nginx"] },
    Family {
        title: "Clouds",
        names: &[
            "aws-http-api",
            "s3",
            "cloudfront",
            "gcs",
            "azure-storage",
            "workers",
            "cloudflare-worker",
            "vercel",
            "netlify",
        ],
    },
];

/// Every target, among its like.
///
/// ```
/// let all: usize = corsac_export::families().iter().map(|(_, targets)| targets.len()).sum();
/// assert_eq!(all, corsac_export::targets().len());
/// ```
#[must_use]
pub fn families() -> Vec<(&'static str, Vec<&'static dyn Target>)> {
    let of = |names: &[&str]| {
        let own = names.iter().flat_map(|name| targets().iter().copied().filter(|own| own.name() == *name));
        own.collect::<Vec<_>>()
    };
    let is_in_none =
        |target: &&dyn Target| FAMILIES.iter().all(|family| !family.names.contains(&target.name()));
    let mut families: Vec<_> = FAMILIES.iter().map(|family| (family.title, of(family.names))).collect();
    families.push(("Others", targets().iter().copied().filter(is_in_none).collect()));
    families.retain(|(_, targets)| !targets.is_empty());
    families
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_family() {
        let families = families();
        let others = families.iter().find(|(title, _)| *title == "Others");
        let names = others.map(|(_, targets)| targets.iter().map(|target| target.name()).collect::<Vec<_>>());
        assert_eq!(names, None, "name it in one of the families");
    }
}
