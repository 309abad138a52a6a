//! Express: the `cors` package, for the whole application.

use super::{Fix, Need, quote};
use crate::cause::Cause;

pub(super) fn fix(need: &Need) -> Fix {
    let policy = &need.policy;
    // A list, even for one origin: the package sends a single string to everybody.
    let mut options = vec![format!("  origin: {},", quote::list(&policy.allow_origins))];
    options.push(format!("  methods: {},", quote::list(std::slice::from_ref(&need.method))));
    if !policy.allow_headers.is_empty() {
        options.push(format!("  allowedHeaders: {},", quote::list(&policy.allow_headers)));
    } else {
        // Left out, the package would allow whatever is asked for.
        options.push("  allowedHeaders: [],".to_owned());
    }
    if policy.allow_credentials {
        options.push("  credentials: true,".to_owned());
    }
    let mut snippet = format!(
        "const cors = require('cors');   // npm install cors\n\n\
         // Before authentication and before every route; merge the lists with those you have.\n\
         app.use(cors({{\n{}\n}}));\n",
        options.join("\n")
    );
    if need.cause == Cause::ErrorResponseWithoutCors {
        snippet.push_str(
            "\n// After every route: Express's own error page drops the headers, this one keeps them.\n\
             app.use((err, req, res, next) => {\n  \
             if (res.headersSent) return next(err);\n  \
             console.error(err);\n  \
             res.status(err.status ?? 500).json({ error: 'Internal Server Error' });\n\
             });\n",
        );
    }
    Fix {
        target: "express",
        title: "Express: use the cors package for the whole application".into(),
        snippet,
    }
}
