//! What answers: the server or framework, as far as its headers and its error pages tell.
//!
//! A ledger of names, and the reading of one from what a person types. The marks by which each is known are in
//! `marks`; a person can always name the stack instead. Concludes nothing about CORS.

mod marks;
mod shield;

use std::fmt;
use std::str::FromStr;

use corsac_browser::{HeaderList, WireResponse};

pub(crate) use shield::{is_cdn, shield, speaks_for_the_application};

/// Makes the stacks from one table, so that identifier, name and other spellings cannot drift apart.
macro_rules! stacks {
    ($($(#[$doc:meta])* $variant:ident $id:literal $name:literal [$($also:literal),*])+) => {
        /// A server, framework or service that can stand behind an answer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Stack {
            $($(#[$doc])* $variant,)+
        }

        impl Stack {
            /// Every stack, applications before what stands in front of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable identifier.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// The name its makers give it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What people type for it as well.
            #[must_use]
            pub const fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($also,)*],)+ }
            }
        }
    };
}

stacks! {
    /// Express on Node.
    Express "express" "Express" ["expressjs", "nestjs"]
    /// Fastify on Node.
    Fastify "fastify" "Fastify" []
    /// Koa on Node.
    Koa "koa" "Koa" []
    /// Hono, wherever it runs.
    Hono "hono" "Hono" []
    /// A Worker of Cloudflare's that answers by itself.
    Workers "workers" "Cloudflare Workers" ["cloudflare-workers", "cloudflare-worker", "workerd"]
    /// Next.js.
    Next "next" "Next.js" ["nextjs", "next.js"]
    /// Node's own server, or a framework on it that leaves no mark.
    Node "node" "Node" ["nodejs", "node.js"]
    /// FastAPI, or Starlette beneath it.
    FastApi "fastapi" "FastAPI" ["starlette"]
    /// Django, or its REST framework.
    Django "django" "Django" ["drf"]
    /// Flask, or Werkzeug beneath it.
    Flask "flask" "Flask" ["werkzeug"]
    /// Spring, MVC or `WebFlux`.
    Spring "spring" "Spring" ["spring-boot", "springboot"]
    /// ASP.NET Core, or IIS in front of it.
    AspNet "aspnet" "ASP.NET" ["asp.net", "dotnet", "iis", "kestrel"]
    /// Rails.
    Rails "rails" "Rails" ["ruby-on-rails", "rack-cors"]
    /// Laravel.
    Laravel "laravel" "Laravel" []
    /// PHP without a framework that leaves a mark.
    Php "php" "PHP" []
    /// Go's own `net/http`, or a framework on it.
    Go "go" "Go" ["golang", "rs-cors"]
    /// Go with jub0bs/cors, which only a person can tell from any other Go.
    Jub0bsCors "jub0bs-cors" "jub0bs/cors" ["jub0bs"]
    /// Rust with tower-http: axum, or what else stands on hyper and Tower.
    TowerHttp "tower-http" "tower-http" ["axum", "tower", "hyper", "tonic"]
    /// Rust with Actix Web.
    ActixCors "actix-cors" "actix-cors" ["actix", "actix-web"]
    /// A bucket of Amazon S3.
    S3 "s3" "Amazon S3" ["amazon-s3"]
    /// A bucket of Google Cloud Storage.
    Gcs "gcs" "Google Cloud Storage" ["google-cloud-storage"]
    /// Azure: its storage, its Front Door, its gateways.
    Azure "azure" "Azure" ["azure-blob", "azure-storage", "front-door"]
    /// Amazon API Gateway.
    ApiGateway "api-gateway" "Amazon API Gateway" ["apigateway", "aws", "aws-api-gateway", "aws-http-api", "lambda"]
    /// Kong.
    Kong "kong" "Kong" []
    /// Apache APISIX.
    Apisix "apisix" "APISIX" []
    /// Any implementation of Kubernetes' Gateway API: an `HTTPRoute` is the same to all of them.
    GatewayApi "gateway-api" "Gateway API" ["httproute"]
    /// Istio, whose proxies are Envoy.
    Istio "istio" "Istio" []
    /// Envoy by itself, configured by hand.
    Envoy "envoy" "Envoy" []
    /// Traefik.
    Traefik "traefik" "Traefik" []
    /// Caddy.
    Caddy "caddy" "Caddy" []
    /// Kubernetes' ingress-nginx: nginx, configured by annotations.
    IngressNginx "ingress-nginx" "ingress-nginx" []
    /// nginx.
    Nginx "nginx" "nginx" ["openresty"]
    /// Apache.
    Apache "apache" "Apache" ["httpd", "apache2"]
    /// `HAProxy`.
    HaProxy "haproxy" "HAProxy" []
    /// Vercel.
    Vercel "vercel" "Vercel" []
    /// Netlify.
    Netlify "netlify" "Netlify" []
    /// Amazon CloudFront.
    CloudFront "cloudfront" "Amazon CloudFront" []
    /// Cloudflare.
    Cloudflare "cloudflare" "Cloudflare" []
}

impl Stack {
    /// What a response's headers give away. The application counts before the proxy in front of it: it is where most
    /// people can change something.
    ///
    /// ```
    /// use corsac_diagnosis::Stack;
    ///
    /// let headers = [("Server", "nginx/1.22.1"), ("X-Powered-By", "Express")].into_iter().collect();
    /// assert_eq!(Stack::recognize(&headers), Some(Stack::Express));
    /// ```
    #[must_use]
    pub fn recognize(headers: &HeaderList) -> Option<Self> {
        marks::of_headers(headers)
    }

    /// What a host is, where a service gives its own name to whatever it runs.
    ///
    /// ```
    /// use corsac_diagnosis::Stack;
    ///
    /// assert_eq!(Stack::recognize_host("orders.acme.workers.dev"), Some(Stack::Workers));
    /// assert_eq!(Stack::recognize_host("api.example"), None);
    /// ```
    #[must_use]
    pub fn recognize_host(host: &str) -> Option<Self> {
        marks::of_host(host)
    }

    /// What a response gives away, its error page included: frameworks that send no mark of their own have their way
    /// of saying that there is nothing.
    #[must_use]
    pub fn recognize_answer(response: &WireResponse, body: &str) -> Option<Self> {
        marks::of_answer(response, body)
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Stack {
    type Err = UnknownStack;

    /// # Errors
    ///
    /// [`UnknownStack`], with the name that was probably meant.
    fn from_str(text: &str) -> Result<Self, UnknownStack> {
        let folded = text.to_ascii_lowercase().replace(['_', ' '], "-");
        Self::ALL
            .iter()
            .copied()
            .find(|stack| stack.as_str() == folded || stack.aliases().contains(&folded.as_str()))
            .ok_or_else(|| UnknownStack { meant: nearest(&folded), text: text.to_owned() })
    }
}

/// The stack that was probably meant, if a name is near enough to say so.
fn nearest(written: &str) -> Option<Stack> {
    Stack::ALL
        .iter()
        .flat_map(|stack| {
            std::iter::once(stack.as_str()).chain(stack.aliases().iter().copied()).map(|name| (*stack, name))
        })
        .map(|(stack, name)| (strsim::damerau_levenshtein(written, name), stack, name))
        .filter(|(distance, _, name)| *distance <= (name.len() / 3).max(1) && *distance < name.len())
        .min_by_key(|(distance, _, _)| *distance)
        .map(|(_, stack, _)| stack)
}

/// A text that names no known stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownStack {
    text: String,
    meant: Option<Stack>,
}

impl UnknownStack {
    /// The stack that was probably meant, if there is one.
    #[must_use]
    pub fn meant(&self) -> Option<Stack> {
        self.meant
    }
}

impl fmt::Display for UnknownStack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is not a stack that Corsac knows; ", self.text)?;
        if let Some(meant) = self.meant {
            return write!(formatter, "did you mean `{meant}`?");
        }
        let known: Vec<_> = Stack::ALL.iter().map(|stack| stack.as_str()).collect();
        write!(formatter, "it knows {}", known.join(", "))
    }
}

impl std::error::Error for UnknownStack {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_reads_back_and_no_two_are_alike() {
        let mut names = BTreeSet::new();
        for stack in Stack::ALL {
            for name in std::iter::once(stack.as_str()).chain(stack.aliases().iter().copied()) {
                assert_eq!(name.parse(), Ok(*stack), "{name}");
                assert_eq!(name.to_uppercase().parse(), Ok(*stack), "{name}");
                assert!(names.insert(name), "{name} stands for two");
            }
        }
    }

    #[test]
    fn a_slip_is_told_what_it_means() {
        for (written, meant) in [
            ("expres", Stack::Express),
            ("ngnix", Stack::Nginx),
            ("fast-api", Stack::FastApi),
            ("cloud-front", Stack::CloudFront),
            ("djang", Stack::Django),
        ] {
            let error = written.parse::<Stack>().unwrap_err();
            assert_eq!(error.meant(), Some(meant), "{written}");
            assert!(error.to_string().ends_with(&format!("did you mean `{meant}`?")), "{error}");
        }
        let error = "cobol".parse::<Stack>().unwrap_err();
        assert_eq!(error.meant(), None);
        assert!(error.to_string().contains("express, fastify"), "{error}");
    }
}
