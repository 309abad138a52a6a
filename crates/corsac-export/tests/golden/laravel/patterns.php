<?php

// The policy `app` for Laravel 9.2 and later, made by `corsac export`.
// Save it as config/cors.php; then php artisan config:clear.
// - 403 for refused preflights: it is answered 204 without the headers, or with the only origin there is, so that the browser refuses it
// - headers on errors: only where HandleCors is global middleware, as Laravel has it
// - removal of the application's own CORS headers: they stay where the policy has no word of its own: take Access-Control-* out of your application
// - preflights before authentication: only where HandleCors is global middleware, as Laravel has it

return [
    'paths' => ['*'],
    'allowed_methods' => [],
    'allowed_origins' => [],
    'allowed_origins_patterns' => ['#\\Ahttps://([a-z0-9_-]+\\.)+app\\.example\\z#', '#\\Ahttp://localhost(:[1-9][0-9]{0,4})?\\z#', '#\\Ahttps://([a-z0-9_-]+\\.)+dev\\.example(:[1-9][0-9]{0,4})?\\z#', '#\\Ahttp://\\[::1\\](:[1-9][0-9]{0,4})?\\z#'],
    'allowed_headers' => ['Content-Type'],
    'exposed_headers' => [],
    'max_age' => null,
    'supports_credentials' => false,
];
