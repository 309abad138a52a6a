// Reads Go files that were exported: whether gofmt would change them, and the fields of the first composite literal of a type
// named `Config` or `Options`. Prints a list of objects.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"log"
	"os"
	"strconv"
)

type read struct {
	Formatted bool
	Fields    map[string]any
}

func main() {
	var all []read
	// The first argument stands between the program's file and those that it reads.
	for _, name := range os.Args[2:] {
		text, err := os.ReadFile(name)
		if err != nil {
			log.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.AllErrors)
		if err != nil {
			log.Fatal(err)
		}
		formatted, err := format.Source(text)
		if err != nil {
			log.Fatal(err)
		}
		one := read{bytes.Equal(formatted, text), map[string]any{}}
		ast.Inspect(file, func(node ast.Node) bool {
			literal, isLiteral := node.(*ast.CompositeLit)
			if !isLiteral || len(one.Fields) > 0 {
				return true
			}
			if of, isNamed := literal.Type.(*ast.SelectorExpr); !isNamed || (of.Sel.Name != "Config" && of.Sel.Name != "Options") {
				return true
			}
			for _, element := range literal.Elts {
				field := element.(*ast.KeyValueExpr)
				one.Fields[field.Key.(*ast.Ident).Name] = value(field.Value)
			}
			return false
		})
		all = append(all, one)
	}
	if err := json.NewEncoder(os.Stdout).Encode(all); err != nil {
		log.Fatal(err)
	}
}

func value(expression ast.Expr) any {
	switch expression := expression.(type) {
	case *ast.BasicLit:
		if expression.Kind == token.STRING {
			text, err := strconv.Unquote(expression.Value)
			if err != nil {
				log.Fatal(err)
			}
			return text
		}
		return json.Number(expression.Value)
	case *ast.UnaryExpr:
		return json.Number(fmt.Sprint(expression.Op, value(expression.X)))
	case *ast.CompositeLit:
		list := []any{}
		for _, element := range expression.Elts {
			list = append(list, value(element))
		}
		return list
	case *ast.Ident:
		if expression.Name == "true" || expression.Name == "false" {
			return expression.Name == "true"
		}
		return expression.Name
	}
	log.Fatalf("%T", expression)
	return nil
}
