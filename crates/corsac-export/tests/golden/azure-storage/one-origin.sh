# The policy `app` for Azure Storage, made by `corsac export`.
# Run it in a shell, with your account's name. It replaces the rules of the Blob service.
# - the application's own `OPTIONS`: a container has none; what is no preflight is answered 400
# - headers on errors: it is not documented; the emulator puts the headers on them
# - `Vary`: where a CDN stands in front, let it forward Origin and cache by it, whatever Vary says
# - no credentials: every preflight that is allowed says Access-Control-Allow-Credentials: true, and so does every answer to a listed origin. Azure Storage reads no cookies itself; what stands in front of it may

az storage cors clear --services b --account-name YOUR-ACCOUNT
az storage cors add --services b --account-name YOUR-ACCOUNT \
  --origins 'https://app.example' \
  --methods 'GET' 'HEAD' 'POST' 'PUT' \
  --allowed-headers 'Content-Type' \
  --max-age 5
