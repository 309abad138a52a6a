//! Spring Boot: a `CorsFilter` before all others.
//!
//! A filter, and not `@CrossOrigin` or the settings of MVC: those come after Spring Security, which then refuses preflights.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct Spring;

/// What needs no permission in other servers, and is refused here unless it is listed.
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

impl Target for Spring {
    fn name(&self) -> &'static str {
        "spring"
    }

    fn title(&self) -> &'static str {
        "Spring Boot 3"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyOrigin => Can::Otherwise(
                "the headers are on answers to requests with Origin alone, and caches are told so",
            ),
            Feature::RefusedPreflight => Can::Otherwise(
                "so is every other request of such an origin, whether or not the policy refuses it",
            ),
            Feature::OwnOptions => {
                Can::Otherwise("with an Origin it is answered 403, unless OPTIONS is among the methods")
            }
            Feature::InnerHeaders => Can::Otherwise(
                "they stay: take Access-Control-* out of your controllers, or they speak in place of the policy",
            ),
            Feature::ErrorResponses => {
                Can::Otherwise("answers that the servlet container makes before any filter have none")
            }
            Feature::Subdomains
            | Feature::AnyPort
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyMethod
            | Feature::AnyMethodWithCredentials
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::NoContentType
            | Feature::ExposeAny
            | Feature::MaxAgeZero
            | Feature::RefuseDisallowed
            | Feature::Vary
            | Feature::BeforeAuthentication => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as CorsPolicy.java beside your application's class, with the same package line on top."
    }

    fn extension(&self) -> &'static str {
        "java"
    }

    fn proof(&self) -> Proof {
        Proof::Parsed(
            "a grammar of Java; Spring itself is in none of the registries that the lab installs from",
        )
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let mut calls = Vec::new();
        match &policy.origins {
            Origins::Any => calls.push("setAllowedOrigins(List.of(\"*\"))".to_owned()),
            Origins::Listed(patterns) => {
                let (exact, others): (Vec<_>, Vec<_>) =
                    patterns.iter().partition(|pattern| pattern.is_exact());
                let exact: Vec<&str> = exact.iter().map(|pattern| &*pattern.text).collect();
                // A star in a name stands for one label and more here too, and any port is a list of its own.
                let others: Vec<String> = others
                    .iter()
                    .map(|pattern| match pattern.text.strip_suffix(":*") {
                        Some(rest) => format!("{rest}:[*]"),
                        None => pattern.text.clone(),
                    })
                    .collect();
                if !exact.is_empty() {
                    calls.push(format!("setAllowedOrigins({})", quote::java_list(&exact)));
                }
                if !others.is_empty() {
                    calls.push(format!("setAllowedOriginPatterns({})", quote::java_list(&others)));
                }
            }
        }
        let mut methods = SAFELISTED.map(str::to_owned).to_vec();
        methods.extend(policy.methods.iter().filter(|name| !SAFELISTED.contains(&&***name)).cloned());
        let methods = if policy.any_method { vec!["*".to_owned()] } else { methods };
        let headers = if policy.any_header { vec!["*".to_owned()] } else { policy.headers.clone() };
        calls.push(format!("setAllowedMethods({})", quote::java_list(&methods)));
        calls.push(format!("setAllowedHeaders({})", quote::java_list(&headers)));
        calls.push(format!("setExposedHeaders({})", quote::java_list(&policy.expose)));
        calls.push(format!("setAllowCredentials({})", policy.credentials));
        calls.extend(policy.max_age.map(|seconds| format!("setMaxAge({seconds}L)")));
        let calls: String = calls.iter().map(|call| format!("        policy.{call};\n")).collect();
        let made = if Feature::AnyHeader.is_asked_by(policy) { BUT_AUTHORIZATION } else { "();\n" };
        Ok(format!("{IMPORTS}{made}{calls}{REST}"))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save_where(
                "CorsPolicy.java",
                "beside the application's class, with the same package line on top",
                &self.write(policy, context)?,
            ),
            Step::act(
                "Delete every @CrossOrigin, addCorsMappings and CorsConfigurationSource, and the .cors(…) of Spring Security",
            ),
        ])
    }
}

const IMPORTS: &str = "\
import java.util.List;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

@Configuration
public class CorsPolicy {

    // Before all other filters, Spring Security's among them, so that preflights meet none of them.
    @Bean
    public FilterRegistrationBean<CorsFilter> corsPolicyFilter() {
        CorsConfiguration policy = new CorsConfiguration";

/// A star does not stand for `Authorization`.
const BUT_AUTHORIZATION: &str = "() {
            // Spring repeats whatever is asked for; a star does not stand for Authorization.
            @Override
            public List<String> checkHeaders(List<String> asked) {
                List<String> allowed = super.checkHeaders(asked);
                return allowed == null ? null : allowed.stream().filter(name -> !name.equalsIgnoreCase(\"Authorization\")).toList();
            }
        };
";

const REST: &str = "
        UrlBasedCorsConfigurationSource everywhere = new UrlBasedCorsConfigurationSource();
        everywhere.registerCorsConfiguration(\"/**\", policy);
        FilterRegistrationBean<CorsFilter> filter = new FilterRegistrationBean<>(new CorsFilter(everywhere));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }
}
";
