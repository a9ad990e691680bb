package archtest

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// maxBranches is how many ways a function of a reader may fork: its ifs, loops and cases, and the "and" and "or" in them.
const maxBranches = 30

// branchy are the functions that fork more often still, by package and name: none. A number would be what the function has, so
// that it can only fall; an entry that is no longer needed goes.
var branchy = map[string]int{}

// branches finds the functions of the readers that nobody can hold in their head.
func branches(t *Tree, allowed map[string]int) (breaches []Breach) {
	seen := map[string]bool{}
	for _, p := range t.Packages {
		if !matches(p.Path, []string{"internal/reading/..."}) {
			continue
		}
		for _, f := range p.Files {
			if f.Test || f.Generated {
				continue
			}
			for _, decl := range f.AST.Decls {
				function, ok := decl.(*ast.FuncDecl)
				if !ok {
					continue
				}
				name := p.Path + "." + function.Name.Name
				limit, exempt := allowed[name]
				seen[name] = exempt
				switch n := forks(function); {
				case n > max(maxBranches, limit):
					breaches = append(breaches, breach(t.at(function), "%s has %d branches; the limit is %d", function.Name.Name, n, max(maxBranches, limit)))
				case exempt && n <= maxBranches:
					breaches = append(breaches, breach(t.at(function), "%s may have %d branches, and has %d: it needs no exception", function.Name.Name, limit, n))
				case exempt && n < limit:
					breaches = append(breaches, breach(t.at(function), "%s may have %d branches, and has %d: lower the number", function.Name.Name, limit, n))
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(allowed)) {
		if !seen[name] && t.holds(name) {
			breaches = append(breaches, breach(name, "may have %d branches, and is gone", allowed[name]))
		}
	}
	return breaches
}

// holds says whether the module has the package of a function, and not only an example of a rule.
func (t *Tree) holds(function string) bool {
	return slices.ContainsFunc(t.Packages, func(p *Package) bool { return strings.HasPrefix(function, p.Path+".") })
}

// forks counts the branches of a function.
func forks(function *ast.FuncDecl) (n int) {
	ast.Inspect(function, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.CommClause:
			n++
		case *ast.CaseClause:
			if node.List != nil { // default is where the others do not lead
				n++
			}
		case *ast.BinaryExpr:
			if node.Op == token.LAND || node.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}
