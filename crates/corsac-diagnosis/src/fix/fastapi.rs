//! FastAPI and Starlette: `CORSMiddleware`.

use super::{Fix, Need, quote};
use crate::cause::Cause;

pub(super) fn fix(need: &Need) -> Fix {
    let policy = &need.policy;
    let mut arguments = vec![
        format!("    allow_origins={},", quote::list(&policy.allow_origins)),
        // Starlette checks safelisted methods too.
        format!("    allow_methods={},", quote::list(std::slice::from_ref(&need.method))),
    ];
    if !policy.allow_headers.is_empty() {
        arguments.push(format!("    allow_headers={},", quote::list(&policy.allow_headers)));
    }
    if policy.allow_credentials {
        arguments.push("    allow_credentials=True,".to_owned());
    }
    let arguments = arguments.join("\n");
    let (title, snippet) = if need.cause == Cause::ErrorResponseWithoutCors {
        (
            "FastAPI: wrap the whole application, so that its error pages carry the headers too",
            format!(
                "from starlette.middleware.cors import CORSMiddleware\n\n\
                 # The last line of the module, after every route and middleware: unhandled errors are answered\n\
                 # outside of app.add_middleware(...). Remove that one; merge the lists with those it had.\n\
                 app = CORSMiddleware(\n    app,\n{arguments}\n)\n"
            ),
        )
    } else {
        (
            "FastAPI: add the CORS middleware last, so that it runs first",
            format!(
                "from fastapi.middleware.cors import CORSMiddleware\n\n\
                 # After every other add_middleware: the last one added runs first. Merge the lists with yours.\n\
                 app.add_middleware(\n    CORSMiddleware,\n{arguments}\n)\n"
            ),
        )
    };
    Fix { target: "fastapi", title: title.into(), snippet }
}
