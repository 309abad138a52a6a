//! Amazon S3: the CORS configuration of a bucket, as the AWS command line takes it.
//!
//! One rule. A star stands for any letters, which in what browsers send is what it stands for in a policy; an entry has one
//! at most. Reference: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Peculiarity, Proof, Target};

use super::{REFLECTION, STARRED_NAMES};

pub(super) struct S3;

/// All that a rule can list.
const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "PUT", "DELETE"];

impl Target for S3 {
    fn name(&self) -> &'static str {
        "s3"
    }

    fn title(&self) -> &'static str {
        "Amazon S3"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::NullOrigin => Can::No("it is not documented"),
            Feature::AnyHeader => Can::No(
                "its `*` repeats whatever is asked for, and so allows Authorization too; list the headers",
            ),
            Feature::ExposeAny => Can::No("it exposes names alone; list them"),
            Feature::RefuseDisallowed => Can::No("it serves every origin whom the bucket's policy lets in"),
            Feature::AnyMethod | Feature::AnyMethodWithCredentials => {
                Can::Otherwise("the five methods that a rule can list are written out")
            }
            Feature::AnyOrigin => Can::Otherwise(
                "the headers are on answers to requests with Origin alone, and caches are told so",
            ),
            Feature::MaxAgeZero => Can::Otherwise("it may be left out; browsers then remember for 5 seconds"),
            Feature::OwnOptions => Can::Otherwise("a bucket has none; what is no preflight is answered 400"),
            Feature::Vary => Can::Otherwise(
                "it is on answers to requests with Origin alone: where a CDN stands in front, let it forward Origin and \
                 cache by it",
            ),
            Feature::Subdomains
            | Feature::AnyPort
            | Feature::Credentials
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::NoContentType
            | Feature::RefusedPreflight
            | Feature::ErrorResponses
            | Feature::InnerHeaders
            | Feature::BeforeAuthentication => Can::Yes,
        }
    }

    fn peculiarities(&self) -> &'static [Peculiarity] {
        &[
            STARRED_NAMES,
            Peculiarity {
                title: "listed origins without credentials",
                can: Can::Otherwise(
                    "S3 says Access-Control-Allow-Credentials: true to every origin that is listed. It reads no cookies \
                     itself; what stands in front of it may, as CloudFront does with signed cookies",
                ),
                is_asked_by: |policy| !policy.credentials && !policy.listed().is_empty(),
            },
            Peculiarity {
                title: "methods beside GET, HEAD, POST, PUT and DELETE",
                can: Can::No("a rule cannot list them; take them out of allow_methods"),
                is_asked_by: |policy| policy.methods.iter().any(|name| !METHODS.contains(&&**name)),
            },
            Peculiarity {
                title: "`https://*.app.example:*`",
                can: Can::No("an entry has one star; list the names or the ports"),
                is_asked_by: |policy| policy.listed().iter().any(|own| own.text.matches('*').count() > 1),
            },
        ]
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "Save it as cors.yaml, with your bucket's name; then aws s3api put-bucket-cors --cli-input-yaml file://cors.yaml"
    }

    fn extension(&self) -> &'static str {
        "yaml"
    }

    fn proof(&self) -> Proof {
        Proof::Parsed(
            "botocore's model of the service, and a model of what is documented; S3 did not run them",
        )
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let origins = match &policy.origins {
            Origins::Any => vec!["*".to_owned()],
            Origins::Listed(patterns) => patterns
                .iter()
                .flat_map(|pattern| {
                    // A star needs its colon, and browsers leave out the scheme's own port.
                    let own_port = pattern.text.strip_suffix(":*").map(str::to_owned);
                    own_port.into_iter().chain([pattern.text.clone()])
                })
                .collect(),
        };
        let methods = match policy.any_method {
            true => METHODS.map(str::to_owned).into(),
            false => super::with_safelisted(&policy.methods),
        };
        let mut lines = format!(
            "Bucket: YOUR-BUCKET\nCORSConfiguration:\n  CORSRules:\n    - AllowedOrigins: {}\n      AllowedMethods: {}\n",
            quote::list(&origins),
            quote::list(&methods),
        );
        let headers = if policy.any_header { vec!["*".to_owned()] } else { policy.headers.clone() };
        if !headers.is_empty() {
            lines.push_str(&format!("      AllowedHeaders: {}\n", quote::list(&headers)));
        }
        if !policy.expose.is_empty() {
            lines.push_str(&format!("      ExposeHeaders: {}\n", quote::list(&policy.expose)));
        }
        if let Some(seconds) = policy.max_age {
            lines.push_str(&format!("      MaxAgeSeconds: {seconds}\n"));
        }
        Ok(lines)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save_where("cors.yaml", "with your bucket's name", &self.write(policy, context)?),
            Step::put("In a terminal", "aws s3api put-bucket-cors --cli-input-yaml file://cors.yaml"),
        ])
    }
}
