// An application behind exported policies: `/NUMBER/…` is governed by the package of the policy of that number. What a handler
// answers to `/NUMBER/case/INDEX` is in `inner.json`.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
)

type said struct {
	Status  int
	Headers [][2]string
}

func main() {
	file, err := os.ReadFile("inner.json")
	if err != nil {
		log.Fatal(err)
	}
	var inner []said
	if err := json.Unmarshal(file, &inner); err != nil {
		log.Fatal(err)
	}
	// Where an authentication is to be behind the lines, this is what a known caller sends.
	authorization := os.Getenv("CORSAC_LAB_AUTHORIZATION")
	handler := http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if authorization != "" && request.Header.Get("Authorization") != authorization {
			http.Error(response, "who is there?", http.StatusUnauthorized)
			return
		}
		_, index, found := strings.Cut(request.URL.Path, "/case/")
		number, err := strconv.Atoi(index)
		if !found || err != nil {
			http.Error(response, "a handler that fails", http.StatusInternalServerError)
			return
		}
		response.Header().Set("X-Inner", "asked")
		for _, header := range inner[number].Headers {
			response.Header().Add(header[0], header[1])
		}
		response.WriteHeader(inner[number].Status)
	})
	governed := map[string]http.Handler{}
	for number, wrap := range policies {
		governed[number] = wrap(handler)
	}
	server := http.Server{
		Addr:           os.Args[1],
		MaxHeaderBytes: 4 << 20,
		Handler: http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
			number := strings.SplitN(request.URL.Path, "/", 3)[1]
			if one, known := governed[number]; known {
				one.ServeHTTP(response, request)
			}
		}),
	}
	log.Fatal(server.ListenAndServe())
}
