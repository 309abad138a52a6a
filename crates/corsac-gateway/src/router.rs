//! Which route a path belongs to: the one with the longest prefix, on segment borders.
//!
//! A tree of path segments, so that the cost is the depth of the path and not the number of routes. Segments are
//! compared decoded, and empty ones do not count: `//api/%75sers` is on the route of `/api/users`. Routes do not
//! name methods; should they, a preflight is to be routed by the method it asks for, and never as `OPTIONS`.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::path::{RequestPath, decode, segments};

/// The paths of all routes.
#[derive(Debug, Default)]
pub(crate) struct Router {
    route: Option<usize>,
    below: HashMap<Vec<u8>, Router>,
}

/// Where a path leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Match<'p> {
    /// The index of the route.
    pub(crate) route: usize,
    /// All of the path.
    pub(crate) path: &'p str,
    /// What is left of the path behind the route's own: nothing, or something that begins with a slash.
    pub(crate) rest: &'p str,
}

impl Router {
    /// A router for these paths; a route is known by its position among them.
    pub(crate) fn new<'a>(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut root = Self::default();
        for (route, path) in paths.into_iter().enumerate() {
            let node = segments(path)
                .into_iter()
                .fold(&mut root, |node, segment| node.below.entry(segment).or_default());
            node.route = Some(route);
        }
        root
    }

    /// The route of a path, if it has one.
    pub(crate) fn find<'p>(&self, path: &'p RequestPath<'_>) -> Option<Match<'p>> {
        let path = path.as_str();
        let mut node = self;
        let mut rest = path;
        let mut found = self.route.map(|route| Match { route, path, rest });
        loop {
            let start = rest.trim_start_matches('/');
            let (segment, after) = start.split_at(start.find('/').unwrap_or(start.len()));
            let below = match decode(segment.as_bytes()) {
                Cow::Borrowed(segment) => node.below.get(segment),
                Cow::Owned(segment) => node.below.get(&segment),
            };
            match below {
                Some(below) if !segment.is_empty() => {
                    node = below;
                    rest = after;
                }
                _ => return found,
            }
            if let Some(route) = node.route {
                found = Some(Match { route, path, rest });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Router;
    use crate::path::RequestPath;

    fn find(paths: &[&str], path: &str) -> Option<(usize, String)> {
        let path = RequestPath::new(path).expect("a path");
        let router = Router::new(paths.iter().copied());
        router.find(&path).map(|found| (found.route, found.rest.to_owned()))
    }

    #[test]
    fn the_longest_prefix_wins_on_segment_borders() {
        let paths = ["/", "/api/", "/api/proxy/weather"];
        for (path, route, rest) in [
            ("/", 0, "/"),
            ("/apis", 0, "/apis"),
            ("/api", 1, ""),
            ("/api/", 1, "/"),
            ("/api/users", 1, "/users"),
            ("/api/proxy", 1, "/proxy"),
            ("/api/proxy/weather", 2, ""),
            ("/api/proxy/weather/today", 2, "/today"),
            ("/api/proxy/weatherman", 1, "/proxy/weatherman"),
        ] {
            assert_eq!(find(&paths, path), Some((route, rest.to_owned())), "{path}");
        }
    }

    #[test]
    fn spelling_a_path_otherwise_leads_to_the_same_route() {
        let paths = ["/", "/api/"];
        for path in ["//api/x", "/%61pi/x", "/x/../api/x", "/./api/x", "/api/../api/x", "///%61%70%69/x"] {
            assert_eq!(find(&paths, path), Some((1, "/x".to_owned())), "{path}");
        }
        assert_eq!(find(&paths, "/api/../x"), Some((0, "/x".to_owned())));
        // An encoded slash is part of a name.
        assert_eq!(find(&paths, "/api%2Fx"), Some((0, "/api%2Fx".to_owned())));
    }

    #[test]
    fn without_a_route_at_the_root_other_paths_have_none() {
        assert_eq!(find(&["/api"], "/"), None);
        assert_eq!(find(&["/api"], "/other/api"), None);
    }
}
