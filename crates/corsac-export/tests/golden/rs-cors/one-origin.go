// The policy `app` for Go with rs/cors 1.7 and later, made by `corsac export`.
// Save it as corspolicy/corspolicy.go; then http.ListenAndServe(address, corspolicy.Wrap(handler)).
// - headers on errors: a panic ends the connection, unless something inside of this recovers
// - removal of the application's own CORS headers: they stay: take Access-Control-* out of your handlers, or they speak beside the policy
// - `Vary`: a handler that sets Vary, and does not add to it, takes Origin out of it
// - preflights before authentication: only where it stands around authentication

package corspolicy

import (
	"net/http"
	"strings"

	"github.com/rs/cors" // go get github.com/rs/cors
)

// isAllowed tells whether the policy lets this origin in.
func isAllowed(origin string) bool {
	switch origin {
	case "https://app.example":
		return true
	}
	return false
}

// isListed tells whether a page may ask for this method.
func isListed(method string) bool {
	switch method {
	case "GET", "HEAD", "POST", "PUT":
		return true
	}
	return false
}

// Wrap puts the policy around a handler.
func Wrap(next http.Handler) http.Handler {
	governed := cors.New(cors.Options{
		AllowOriginFunc:  isAllowed,
		AllowedMethods:   []string{"GET", "HEAD", "POST", "PUT"},
		AllowedHeaders:   []string{"Content-Type"},
		ExposedHeaders:   []string{},
		AllowCredentials: false,
		MaxAge:           0,
	}).Handler(next)

	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		origins, isCors := request.Header["Origin"]
		asked, isPreflight := request.Header["Access-Control-Request-Method"]
		isPreflight = isPreflight && isCors && request.Method == http.MethodOptions
		if !isCors || !isAllowed(strings.Join(origins, ", ")) {
			response.Header().Add("Vary", "Origin")
			if isPreflight {
				response.WriteHeader(http.StatusForbidden)
				return
			}
			next.ServeHTTP(response, request)
			return
		}
		// The package allows OPTIONS whether or not it is listed.
		if isPreflight && !isListed(strings.Join(asked, ", ")) {
			response.Header().Add("Vary", "Origin")
			response.WriteHeader(http.StatusForbidden)
			return
		}
		governed.ServeHTTP(response, request)
	})
}
