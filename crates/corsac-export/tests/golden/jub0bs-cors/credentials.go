// The policy `app` for Go with jub0bs/cors 1.0, made by `corsac export`.
// Save it as corspolicy/corspolicy.go; then governed, err := corspolicy.Wrap(handler), and serve what is governed.
// - headers on errors: a panic ends the connection, unless something inside of this recovers
// - removal of the application's own CORS headers: they stay: take Access-Control-* out of your handlers, or they speak beside the policy
// - `Vary`: a handler that sets Vary, and does not add to it, takes Origin out of it
// - preflights before authentication: only where it stands around authentication

package corspolicy

import (
	"net/http"

	"github.com/jub0bs/cors" // go get github.com/jub0bs/cors
)

// Wrap puts the policy around a handler, unless the package refuses a part of it.
func Wrap(next http.Handler) (http.Handler, error) {
	middleware, err := cors.NewMiddleware(cors.Config{
		Origins:         []string{"https://app.example", "https://admin.example:8443"},
		Credentialed:    true,
		Methods:         []string{"PUT", "DELETE"},
		RequestHeaders:  []string{"Authorization", "Content-Type"},
		MaxAgeInSeconds: 600,
		ResponseHeaders: []string{},
	})
	if err != nil {
		return nil, err
	}
	return middleware.Wrap(next), nil
}
