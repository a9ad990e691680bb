package main

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/alecthomas/kong"
)

// TestACommandIsReadAsInTheWholeTree: the grammar of one command says of it what the grammar of all of them does, and of its subcommands: their
// help, and what is wrong with a flag that there is not.
func TestACommandIsReadAsInTheWholeTree(t *testing.T) {
	whole, err := newParser(&commandLine{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	alone := 0
	for _, command := range whole.Model.Children {
		if reflect.TypeOf(grammar([]string{command.Name})) != reflect.TypeFor[*commandLine]() {
			alone++
		}
		paths := [][]string{{command.Name}}
		for _, below := range command.Children {
			if below.Type == kong.CommandNode {
				paths = append(paths, []string{command.Name, below.Name})
			}
		}
		for _, path := range paths {
			for _, flag := range []string{"--help", "--there-is-not"} {
				args := append(path, flag)
				of := func(tree any) string {
					var out bytes.Buffer
					status := execute(tree, args, invocation{ctx: t.Context(), stdout: &out, stderr: &out, env: func(string) string { return "" }}, &out)
					if status != statusOK && flag == "--help" {
						t.Errorf("%q: status %d", args, status)
					}
					return out.String()
				}
				if want, got := of(&commandLine{}), of(grammar(args)); want != got {
					t.Errorf("%q:\n%s\nand in the whole tree:\n%s", args, got, want)
				}
			}
		}
	}
	if all := len(whole.Model.Children); alone < all {
		t.Errorf("%d of %d commands are read by a grammar of their own", alone, all)
	}
}
