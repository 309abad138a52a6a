//! Origins from a database: each tenant of an application brings its own, and new ones are let in at once.
//!
//! ```text
//! cargo run -p corsac-tower --example database_origins
//! curl -i localhost:3000/orders -H 'Origin: https://shop.example'
//! ```

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use corsac::{Origin, Policy};
use corsac_tower::{CacheLimits, CachedOrigins, CorsLayer, OriginSource};
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

type Failure = Box<dyn Error + Send + Sync>;

/// The table of tenants.
#[derive(Clone)]
struct Tenants {
    database: Arc<Mutex<Connection>>,
}

impl OriginSource for Tenants {
    type Error = Failure;

    /// Asked once for each origin, and again when the cache has forgotten the answer. An error refuses the origin.
    async fn allows(&self, origin: &str) -> Result<bool, Failure> {
        let origin = origin.to_owned();
        self.with_database(move |database| {
            let mut query =
                database.prepare_cached("SELECT EXISTS (SELECT 1 FROM tenants WHERE origin = ?1)")?;
            query.query_row([origin], |row| row.get(0))
        })
        .await
    }
}

impl Tenants {
    fn open(database: Connection) -> Result<Self, Failure> {
        database.execute_batch("CREATE TABLE IF NOT EXISTS tenants (origin TEXT PRIMARY KEY) STRICT")?;
        Ok(Self { database: Arc::new(Mutex::new(database)) })
    }

    /// SQLite blocks, so it is asked where that holds nobody up.
    async fn with_database<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let database = Arc::clone(&self.database);
        let done =
            spawn_blocking(move || work(&database.lock().expect("nothing panics while it holds the lock")));
        Ok(done.await??)
    }
}

/// Lets a tenant in. Browsers write origins in one way only, which is how they are kept.
async fn add_tenant(
    origins: &CachedOrigins<Tenants>,
    tenants: &Tenants,
    origin: &str,
) -> Result<(), Failure> {
    let Origin::Tuple(origin) = origin.parse()? else { return Err("null is everyone and no one".into()) };
    let origin = origin.to_string();
    let row = origin.clone();
    tenants
        .with_database(move |database| database.execute("INSERT OR IGNORE INTO tenants VALUES (?1)", [row]))
        .await?;
    // It may have been refused a moment ago.
    origins.forget(&origin).await;
    Ok(())
}

fn application(origins: CachedOrigins<Tenants>) -> Result<Router, Failure> {
    let policy = Policy::builder()
        .allow_origin("https://app.example") // Our own pages; nobody is asked about them.
        .origins_from_source()
        .allow_credentials(true)
        .allow_methods(["PUT"])
        .into_policy()?;
    let cors = CorsLayer::new(policy).with_source(origins);
    Ok(Router::new().route("/orders", get(async || "none yet")).layer(cors))
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let tenants = Tenants::open(Connection::open_in_memory()?)?; // Yours is a file, or a server.
    let limits = CacheLimits {
        allowed_for: Duration::from_secs(300), // How long one who left is still let in.
        refused_for: Duration::from_secs(10),
        ..CacheLimits::default()
    };
    let origins = CachedOrigins::new(tenants.clone(), limits);
    add_tenant(&origins, &tenants, "https://shop.example").await?;
    axum::serve(TcpListener::bind("127.0.0.1:3000").await?, application(origins)?).await?;
    Ok(())
}

#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::support::ask;
    use super::*;

    const SHOP: &str = "Origin: https://shop.example";
    const ASKS_TO_PUT: &str = "Access-Control-Request-Method: PUT";

    async fn start() -> (SocketAddr, CachedOrigins<Tenants>, Tenants) {
        let database = Connection::open_in_memory().expect("a database");
        let tenants = Tenants::open(database).expect("a table");
        let origins = CachedOrigins::new(tenants.clone(), CacheLimits::default());
        let router = application(origins.clone()).expect("a sound policy");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        (address, origins, tenants)
    }

    #[tokio::test]
    async fn a_tenant_is_let_in_as_soon_as_it_is_added() {
        let (address, origins, tenants) = start().await;
        let answer = ask(address, "OPTIONS /orders", &[SHOP, ASKS_TO_PUT], b"").await;
        assert_eq!((answer.status, answer.is_silent()), (403, true));
        assert_eq!(origins.known("https://shop.example"), Some(false));

        add_tenant(&origins, &tenants, "HTTPS://Shop.example:443/").await.expect("it can be added");
        let answer = ask(address, "OPTIONS /orders", &[SHOP, ASKS_TO_PUT], b"").await;
        assert_eq!((answer.status, answer.field("access-control-allow-methods")), (204, Some("PUT")));
        let answer = ask(address, "GET /orders", &[SHOP], b"").await;
        assert_eq!((answer.status, &*answer.body), (200, &b"none yet"[..]));
        assert_eq!(answer.field("access-control-allow-origin"), Some("https://shop.example"));
        assert_eq!(answer.field("access-control-allow-credentials"), Some("true"));
        let answer = ask(address, "GET /nowhere", &[SHOP], b"").await;
        assert_eq!(
            (answer.status, answer.field("access-control-allow-origin")),
            (404, Some("https://shop.example"))
        );
    }

    #[tokio::test]
    async fn strangers_stay_out_whatever_they_call_themselves() {
        let (address, origins, tenants) = start().await;
        add_tenant(&origins, &tenants, "https://shop.example").await.expect("it can be added");
        for origin in [
            "Origin: https://evil.example",
            "Origin: http://shop.example",
            "Origin: null",
            "Origin: https://shop.example' OR '1'='1",
        ] {
            assert!(ask(address, "GET /orders", &[origin], b"").await.is_silent());
            let answer = ask(address, "OPTIONS /orders", &[origin, ASKS_TO_PUT], b"").await;
            assert_eq!((answer.status, answer.is_silent()), (403, true));
        }
        assert!(add_tenant(&origins, &tenants, "null").await.is_err());
        assert!(add_tenant(&origins, &tenants, "shop.example").await.is_err());
    }

    #[tokio::test]
    async fn while_the_database_is_broken_only_the_listed_are_let_in() {
        let (address, origins, tenants) = start().await;
        add_tenant(&origins, &tenants, "https://shop.example").await.expect("it can be added");
        let broken =
            |database: &Connection| database.execute_batch("ALTER TABLE tenants RENAME TO elsewhere");
        tenants.with_database(broken).await.expect("it can be broken");
        assert!(ask(address, "GET /orders", &[SHOP], b"").await.is_silent());
        let answer = ask(address, "GET /orders", &["Origin: https://app.example"], b"").await;
        assert_eq!(answer.field("access-control-allow-origin"), Some("https://app.example"));

        let mended =
            |database: &Connection| database.execute_batch("ALTER TABLE elsewhere RENAME TO tenants");
        tenants.with_database(mended).await.expect("it can be mended");
        let answer = ask(address, "GET /orders", &[SHOP], b"").await;
        assert_eq!(answer.field("access-control-allow-origin"), Some("https://shop.example"));
    }
}
