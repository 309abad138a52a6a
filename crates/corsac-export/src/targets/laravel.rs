//! Laravel: `config/cors.php`, which its own middleware reads.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct Laravel;

impl Target for Laravel {
    fn name(&self) -> &'static str {
        "laravel"
    }

    fn title(&self) -> &'static str {
        "Laravel 9.2 and later"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyHeader => {
                Can::No("it repeats whatever is asked for, and so allows Authorization too; list the headers")
            }
            Feature::RefuseDisallowed => Can::No("it runs the application for every origin"),
            Feature::RefusedPreflight => Can::Otherwise(
                "it is answered 204 without the headers, or with the only origin there is, so that the browser refuses it",
            ),
            Feature::InnerHeaders => Can::Otherwise(
                "they stay where the policy has no word of its own: take Access-Control-* out of your application",
            ),
            Feature::ErrorResponses | Feature::BeforeAuthentication => {
                Can::Placed("only where HandleCors is global middleware, as Laravel has it")
            }
            Feature::Subdomains
            | Feature::AnyPort
            | Feature::AnyOrigin
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyMethod
            | Feature::AnyMethodWithCredentials
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::NoContentType
            | Feature::ExposeAny
            | Feature::MaxAgeZero
            | Feature::OwnOptions
            | Feature::Vary => Can::Yes,
        }
    }

    fn opening(&self) -> &'static str {
        "<?php\n\n"
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as config/cors.php; then php artisan config:clear."
    }

    fn extension(&self) -> &'static str {
        "php"
    }

    fn proof(&self) -> Proof {
        Proof::Parsed("PHP itself; what fruitcake/php-cors makes of its array is held against the engine")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        // It puts methods in capitals, where another name is another method.
        if let Some(name) =
            policy.methods.iter().find(|name| name.chars().any(|letter| letter.is_lowercase()))
        {
            return Err(name.clone());
        }
        let (mut exact, mut patterns) = (Vec::new(), Vec::new());
        match &policy.origins {
            Origins::Any => exact.push("*".to_owned()),
            Origins::Listed(listed) => {
                for pattern in listed {
                    if pattern.is_exact() {
                        exact.push(pattern.text.clone());
                    } else {
                        let expression = format!("\\A{}\\z", pattern.expression());
                        if expression.contains('#') {
                            return Err(expression);
                        }
                        patterns.push(format!("#{expression}#"));
                    }
                }
            }
        }
        let headers = if policy.any_header { vec!["*".to_owned()] } else { policy.headers.clone() };
        let settings = [
            ("paths", quote::php_list(&["*"])),
            ("allowed_methods", quote::php_list(&policy.methods_with_star())),
            ("allowed_origins", quote::php_list(&exact)),
            ("allowed_origins_patterns", quote::php_list(&patterns)),
            ("allowed_headers", quote::php_list(&headers)),
            ("exposed_headers", quote::php_list(&policy.expose)),
            ("max_age", policy.max_age.map_or("null".to_owned(), |seconds| seconds.to_string())),
            ("supports_credentials", policy.credentials.to_string()),
        ];
        let settings: String =
            settings.iter().map(|(name, value)| format!("    '{name}' => {value},\n")).collect();
        Ok(format!("return [\n{settings}];\n"))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        let lines = self.opening().to_owned() + &self.write(policy, context)?;
        Ok(vec![
            Step::save_where("config/cors.php", "in place of what is there", &lines),
            Step::put("In a terminal, in the application's folder", "php artisan config:clear"),
            Step::act(
                "Take every other line about Access-Control-* out: of middleware of your own, and of public/.htaccess",
            ),
        ])
    }
}
