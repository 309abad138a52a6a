module MODULE

go 1.19

require github.com/rs/cors v0.0.0

replace github.com/rs/cors => /usr/share/gocode/src/github.com/rs/cors
