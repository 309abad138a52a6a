//! Express: the `cors` package, for the whole application.

use super::{Fix, Need, quote};

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
    // Headers set before the routes survive an error; those that a handler sets itself may not.
    let snippet = format!(
        "const cors = require('cors');   // npm install cors\n\n\
         // Before authentication and before every route, so that error pages have the headers too;\n\
         // merge the lists with those you have.\n\
         app.use(cors({{\n{}\n}}));\n",
        options.join("\n")
    );
    Fix {
        target: "express",
        title: "Express: use the cors package for the whole application".into(),
        snippet,
    }
}
