//! ASP.NET Core: its CORS middleware, behind a few lines that say `Vary` to everybody and 403 to refused preflights.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct AspNet;

impl Target for AspNet {
    fn name(&self) -> &'static str {
        "aspnet"
    }

    fn title(&self) -> &'static str {
        "ASP.NET Core 6 and later"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::InnerHeaders => Can::Otherwise(
                "they stay where the policy has no word of its own: take Access-Control-* out of your endpoints",
            ),
            Feature::ErrorResponses => Can::Otherwise(
                "where no middleware of the application handles an exception, the server's own answer has none",
            ),
            Feature::BeforeAuthentication => Can::Placed(
                "only where app.UseAuthentication() and app.UseAuthorization() are written below it",
            ),
            Feature::Subdomains
            | Feature::AnyPort
            | Feature::AnyOrigin
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
            | Feature::RefusedPreflight
            | Feature::OwnOptions
            | Feature::Vary => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as CorsPolicy.cs; then builder.Services.AddCors(), and app.UseCorsPolicy() before everything else, \
         UseHttpsRedirection too."
    }

    fn extension(&self) -> &'static str {
        "cs"
    }

    fn proof(&self) -> Proof {
        Proof::Parsed("a grammar of C#; .NET itself is in none of the registries that the lab installs from")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let any = matches!(policy.origins, Origins::Any);
        let mut calls =
            vec![if any { "AllowAnyOrigin()" } else { "SetIsOriginAllowed(IsAllowed)" }.to_owned()];
        calls.push(match policy.any_method {
            // It repeats the method that is asked for.
            true => "AllowAnyMethod()".to_owned(),
            false => format!("WithMethods({})", arguments(&policy.methods)),
        });
        calls.push(match (policy.any_header, policy.credentials) {
            (true, true) => "AllowAnyHeader()".to_owned(),
            (true, false) => {
                // Alone, a star makes it repeat whatever is asked for, Authorization too.
                let mut names = policy.headers_with_star();
                if names.len() == 1 {
                    names.push("Accept".to_owned());
                }
                format!("WithHeaders({})", arguments(&names))
            }
            (false, _) => format!("WithHeaders({})", arguments(&policy.headers)),
        });
        calls.push(format!("WithExposedHeaders({})", arguments(&policy.expose)));
        calls
            .push(if policy.credentials { "AllowCredentials()" } else { "DisallowCredentials()" }.to_owned());
        calls.extend(
            policy.max_age.map(|seconds| format!("SetPreflightMaxAge(TimeSpan.FromSeconds({seconds}))")),
        );
        let calls: String = calls.iter().map(|call| format!("\n            .{call}")).collect();
        let (allowed, before) = match any {
            true => (String::new(), for_any_origin(policy)),
            false => (is_allowed(policy)?, for_listed_origins(policy.refuse_disallowed)),
        };
        let mut imports = vec!["System", "System.Collections.Generic"];
        imports.extend(allowed.contains("Regex").then_some("System.Text.RegularExpressions"));
        imports.extend([
            "System.Threading.Tasks",
            "Microsoft.AspNetCore.Builder",
            "Microsoft.AspNetCore.Http",
        ]);
        let imports: String = imports.iter().map(|name| format!("using {name};\n")).collect();
        Ok(format!(
            "{imports}\npublic static class CorsPolicyMiddleware\n{{\n{allowed}    \
             /// <summary>Puts the policy around all that is used after it.</summary>\n    \
             public static IApplicationBuilder UseCorsPolicy(this IApplicationBuilder app)\n    {{\n        \
             app.Use((context, next) =>\n        {{\n{before}            return next(context);\n        }});\n        \
             return app.UseCors(policy => policy{calls});\n    }}\n}}\n"
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save("CorsPolicy.cs", &self.write(policy, context)?),
            Step::put(
                "In Program.cs, above builder.Build(), in place of every other AddCors(…)",
                "builder.Services.AddCors();",
            ),
            Step::put(
                "In Program.cs, on the line after builder.Build(), before everything else (UseHttpsRedirection too), in place \
                 of every UseCors(…); then delete every [EnableCors]",
                "app.UseCorsPolicy();",
            ),
        ])
    }
}

fn arguments(names: &[String]) -> String {
    names.iter().map(|name| quote::string(name)).collect::<Vec<_>>().join(", ")
}

/// The function that compares origins, and its expressions.
fn is_allowed(policy: &Parts) -> Result<String, String> {
    let (exact, others): (Vec<_>, Vec<_>) = policy.listed().iter().partition(|pattern| pattern.is_exact());
    let exact: String =
        exact.iter().map(|pattern| format!("        {},\n", quote::string(&pattern.text))).collect();
    let mut text = format!(
        "    private static readonly HashSet<string> Origins = new(StringComparer.Ordinal)\n    {{\n{exact}    }};\n\n"
    );
    let mut test = "Origins.Contains(origin)".to_owned();
    if !others.is_empty() {
        text.push_str("    private static readonly Regex[] Patterns =\n    {\n");
        for pattern in others {
            let expression = format!("\\A{}\\z", pattern.expression());
            let quoted = quote::csharp_verbatim(&expression).ok_or(expression)?;
            text.push_str(&format!("        new({quoted}, RegexOptions.CultureInvariant),\n"));
        }
        text.push_str("    };\n\n");
        test.push_str(" || Array.Exists(Patterns, pattern => pattern.IsMatch(origin))");
    }
    text.push_str(&format!("    private static bool IsAllowed(string origin) =>\n        {test};\n\n"));
    Ok(text)
}

/// The package says `Vary` to allowed origins alone, and answers every preflight 204.
fn for_listed_origins(refuse_disallowed: bool) -> String {
    let refused = if refuse_disallowed {
        ""
    } else {
        "\n                && HttpMethods.IsOptions(context.Request.Method)\n                \
         && headers.ContainsKey(\"Access-Control-Request-Method\")"
    };
    format!(
        "            var headers = context.Request.Headers;\n            \
         // Every answer depends on who asks.\n            \
         context.Response.OnStarting(() =>\n            {{\n                \
         var vary = context.Response.Headers.GetCommaSeparatedValues(\"Vary\");\n                \
         if (!Array.Exists(vary, name => name == \"*\" || name.Equals(\"Origin\", StringComparison.OrdinalIgnoreCase)))\n                \
         {{\n                    context.Response.Headers.Append(\"Vary\", \"Origin\");\n                }}\n                \
         return Task.CompletedTask;\n            }});\n            \
         var refusable = headers.ContainsKey(\"Origin\"){refused};\n            \
         if (refusable && !IsAllowed(headers[\"Origin\"].ToString()))\n            {{\n                \
         context.Response.StatusCode = StatusCodes.Status403Forbidden;\n                \
         return Task.CompletedTask;\n            }}\n"
    )
}

/// The package answers requests with an origin alone; a cache may give any answer to a page.
fn for_any_origin(policy: &Parts) -> String {
    let mut headers = vec![("Access-Control-Allow-Origin", "*".to_owned())];
    if !policy.expose.is_empty() {
        headers.push(("Access-Control-Expose-Headers", policy.expose.join(", ")));
    }
    let lines: String = headers
        .iter()
        .map(|(name, value)| {
            format!(
                "                    context.Response.Headers[{}] = {};\n",
                quote::string(name),
                quote::string(value)
            )
        })
        .collect();
    format!(
        "            // A cache may give the answer to a request without an origin to a page.\n            \
         context.Response.OnStarting(() =>\n            {{\n                \
         if (!context.Request.Headers.ContainsKey(\"Origin\"))\n                {{\n{lines}                }}\n                \
         return Task.CompletedTask;\n            }});\n"
    )
}
