// The headers by hand, as matrix.toml has them.
package main

import (
	"net/http"
	"os"
)

func speak(next http.Handler) http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		// preflight
		if request.Method == http.MethodOptions {
			response.Header().Add("{preflight.name}", "{preflight.value}")
			response.WriteHeader(http.StatusNoContent)
			return
		}
		// end of preflight
		response.Header().Add("{answer.name}", "{answer.value}")
		// asking
		if origin := request.Header.Get("Origin"); origin != "" {
			response.Header().Add("Access-Control-Allow-Origin", origin)
		}
		// end of asking
		next.ServeHTTP(response, request)
	})
}

func api(response http.ResponseWriter, request *http.Request) {
	if request.Method == http.MethodOptions {
		response.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	response.Header().Set("Content-Type", "application/json")
	switch request.URL.Path {
	case "/api/broken":
		response.WriteHeader(http.StatusInternalServerError)
	case "/api/counted":
		response.Header().Set("X-Total-Count", "42")
	case "/api/catalogue":
		response.Header().Set("Cache-Control", "public, s-maxage=600")
	}
	response.Write([]byte(`{"id":"7"}`))
}

func main() {
	address := "127.0.0.1:" + os.Getenv("PORT")
	var handler http.Handler = http.HandlerFunc(api)
	// cors
	handler = speak(handler)
	// end of cors
	// gate
	known := handler
	handler = http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if request.Header.Get("Authorization") == "" {
			http.Error(response, "who are you?", http.StatusUnauthorized)
			return
		}
		known.ServeHTTP(response, request)
	})
	// end of gate
	// login
	inside := handler
	handler = http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if request.Header.Get("Authorization") == "" {
			http.Redirect(response, request, "/login", http.StatusFound)
			return
		}
		inside.ServeHTTP(response, request)
	})
	// end of login
	// cors
	http.ListenAndServe(address, handler)
	// end of cors
	// start
}
