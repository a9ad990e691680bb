package archtest

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// panics finds those that no comment explains: `// unreachable:` says why it cannot happen, `// panics:` who
// catches it or why the process must end.
func panics(t *Tree) (breaches []Breach) {
	for f := range t.Files {
		if f.Test {
			continue
		}
		explained := map[int]bool{} // lines with such a comment, and the line below
		for _, group := range f.AST.Comments {
			text := group.List[0].Text
			if strings.HasPrefix(text, "// unreachable:") || strings.HasPrefix(text, "// panics:") {
				explained[t.Fset.Position(group.Pos()).Line] = true
				explained[t.Fset.Position(group.End()).Line+1] = true
			}
		}
		ast.Inspect(f.AST, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			name, ok := call.Fun.(*ast.Ident)
			if ok && name.Name == "panic" && !explained[t.Fset.Position(call.Pos()).Line] {
				breaches = append(breaches, breach(t.at(call), "panics without `// unreachable: why` or `// panics: why`"))
			}
			return true
		})
	}
	return breaches
}

func errorTexts(t *Tree) (breaches []Breach) {
	isText := func(node ast.Node) bool { // a call of Error() somewhere in it
		found := false
		ast.Inspect(node, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if ok && len(call.Args) == 0 {
				selector, ok := call.Fun.(*ast.SelectorExpr)
				found = found || ok && selector.Sel.Name == "Error"
			}
			return !found
		})
		return found
	}
	for f := range t.Files {
		if f.Test { // a test may say what people read
			continue
		}
		ast.Inspect(f.AST, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.CallExpr:
				imported, name := f.selected(n.Fun)
				compares := imported == "regexp" || imported == "strings" &&
					slices.Contains([]string{"Contains", "HasPrefix", "HasSuffix", "Index", "EqualFold", "Cut", "CutPrefix", "CutSuffix"}, name)
				if compares && slices.ContainsFunc(n.Args, func(e ast.Expr) bool { return isText(e) }) {
					breaches = append(breaches, breach(t.at(n), "matches the text of an error"))
				}
			case *ast.BinaryExpr:
				if (n.Op == token.EQL || n.Op == token.NEQ) && (isText(n.X) || isText(n.Y)) {
					breaches = append(breaches, breach(t.at(n), "compares the text of an error"))
				}
			case *ast.SwitchStmt:
				if n.Tag != nil && isText(n.Tag) {
					breaches = append(breaches, breach(t.at(n), "switches on the text of an error"))
				}
			}
			return true
		})
	}
	return breaches
}

// leftovers are words that say nothing of what a package or a type is about.
var leftovers = []string{"util", "helper", "common", "manager", "misc"}

func names(t *Tree) (breaches []Breach) {
	says := func(name string) bool {
		return slices.ContainsFunc(leftovers, func(word string) bool { return strings.Contains(strings.ToLower(name), word) })
	}
	for _, p := range t.Packages {
		if says(p.Path) || says(p.Files[0].AST.Name.Name) {
			breaches = append(breaches, breach(p.Path, "package %s", p.Files[0].AST.Name.Name))
		}
	}
	for f := range t.Files {
		ast.Inspect(f.AST, func(node ast.Node) bool {
			spec, ok := node.(*ast.TypeSpec)
			if ok && says(spec.Name.Name) {
				breaches = append(breaches, breach(t.at(spec), "type %s", spec.Name.Name))
			}
			return true
		})
	}
	return breaches
}

func packageComments(t *Tree) (breaches []Breach) {
	for _, p := range t.Packages {
		said := slices.ContainsFunc(p.Files, func(f *File) bool { return f.AST.Doc != nil || f.Generated })
		if !said {
			breaches = append(breaches, breach(p.Path, "no file has a comment above its package clause"))
		}
	}
	return breaches
}
