<?php

// Reads configurations that were exported for Laravel, and which of the origins in a file each lets in, as the class that
// Laravel uses compares them: `Fruitcake\Cors\CorsService::isOriginAllowed`. Prints a list of objects.

[, $origins] = $argv;
$origins = json_decode(file_get_contents($origins), true, flags: JSON_THROW_ON_ERROR);
$all = [];
foreach (array_slice($argv, 2) as $file) {
    $config = require $file;
    $lets_in = function (string $origin) use ($config): bool {
        foreach ($config['allowed_origins_patterns'] as $pattern) {
            if (preg_match($pattern, $origin) === 1) {
                return true;
            }
        }
        return in_array('*', $config['allowed_origins']) || in_array($origin, $config['allowed_origins']);
    };
    $all[] = ['config' => $config, 'allowed' => array_map($lets_in, $origins)];
}
echo json_encode($all, JSON_THROW_ON_ERROR);
