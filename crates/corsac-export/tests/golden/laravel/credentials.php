<?php

// The policy `app` for Laravel 9.2 and later, made by `corsac export`.
// Save it as config/cors.php; then php artisan config:clear.
// - 403 for refused preflights: it is answered 204 without the headers, or with the only origin there is, so that the browser refuses it
// - headers on errors: only where HandleCors is global middleware, as Laravel has it
// - removal of the application's own CORS headers: they stay where the policy has no word of its own: take Access-Control-* out of your application
// - preflights before authentication: only where HandleCors is global middleware, as Laravel has it

return [
    'paths' => ['*'],
    'allowed_methods' => ['PUT', 'DELETE'],
    'allowed_origins' => ['https://app.example', 'https://admin.example:8443'],
    'allowed_origins_patterns' => [],
    'allowed_headers' => ['Authorization', 'Content-Type'],
    'exposed_headers' => [],
    'max_age' => 600,
    'supports_credentials' => true,
];
