package archtest

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// constructors make values that nothing changes afterwards.
var constructors = []string{
	"errors.New", "fmt.Errorf", "slices.Concat", "milepost.dev/internal/output.Of", "regexp.MustCompile", "strings.NewReplacer", "time.Date", "text/template.Must", "html/template.Must",
	"crypto/sha256.Sum256", "encoding/binary.BigEndian", "math/big.NewInt", "math/big.NewRat",
}

// builtin are conversions and functions of the language that make nothing.
var builtin = []string{"string", "int", "int32", "int64", "uint64", "len", "min", "max"}

// globals finds package-level variables that are, or could be meant to be, changed: those without a value,
// those whose value is made by a call that is not known to be harmless or holds a lock, and those that
// are written to anywhere in the package.
func globals(t *Tree) (breaches []Breach) {
	for _, p := range t.Packages {
		declared := map[string]*ast.ValueSpec{}
		for _, f := range p.Files {
			if f.Test || f.Generated {
				continue
			}
			for _, decl := range f.AST.Decls {
				group, ok := decl.(*ast.GenDecl)
				if !ok || group.Tok != token.VAR {
					continue
				}
				for _, spec := range group.Specs {
					spec := spec.(*ast.ValueSpec)
					if spec.Names[0].Name == "_" || embedded(group, spec) {
						continue
					}
					if why := f.changeable(spec); why != "" {
						breaches = append(breaches, breach(t.at(spec), "var %s %s", spec.Names[0].Name, why))
						continue
					}
					for _, name := range spec.Names {
						declared[name.Name] = spec
					}
				}
			}
		}
		for _, f := range p.Files {
			for _, written := range f.written(declared) {
				breaches = append(breaches, breach(t.at(written), "writes to var %s", written.Name))
			}
		}
	}
	return breaches
}

func embedded(group *ast.GenDecl, spec *ast.ValueSpec) bool {
	return slices.ContainsFunc([]*ast.CommentGroup{group.Doc, spec.Doc}, func(doc *ast.CommentGroup) bool {
		return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed") })
	})
}

// changeable says why a variable's declaration alone shows that it is there to be changed.
func (f *File) changeable(spec *ast.ValueSpec) (why string) {
	if len(spec.Values) == 0 {
		return "has no value, so somebody sets it later"
	}
	for _, value := range spec.Values {
		_, table := value.(*ast.CompositeLit)
		ast.Inspect(value, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.FuncLit:
				return false // runs when it is called, not now
			case *ast.UnaryExpr:
				if n.Op == token.AND && !strings.HasPrefix(strings.ToLower(spec.Names[0].Name), "err") { // an error is compared by its address
					why = "is a pointer"
				}
			case *ast.SelectorExpr:
				if imported, _ := f.selected(n); imported == "sync" || imported == "sync/atomic" {
					why = "holds a lock"
				}
			case *ast.CallExpr:
				_, local := n.Fun.(*ast.Ident) // a function of this package may make a row of a table
				if !f.harmless(n) && !(table && local) {
					why = "is made by a call that is not known to be harmless"
				}
			}
			return why == ""
		})
	}
	return why
}

func (f *File) harmless(call *ast.CallExpr) bool {
	switch fun := call.Fun.(type) {
	case *ast.ArrayType: // a conversion, as in []byte("x")
		return true
	case *ast.FuncLit:
		return true // a table that is worked out where it is declared
	case *ast.Ident:
		return f.Package.Types[fun.Name] || slices.Contains(builtin, fun.Name)
	}
	if method, ok := call.Fun.(*ast.SelectorExpr); ok {
		if _, ok := method.X.(*ast.CompositeLit); ok { // a method of a value made here
			return true
		}
	}
	imported, name := f.selected(call.Fun)
	return slices.Contains(constructors, imported+"."+name)
}

// written finds where a file writes to one of the package's variables.
func (f *File) written(declared map[string]*ast.ValueSpec) (found []*ast.Ident) {
	write := func(expr ast.Expr) {
		name := root(expr)
		if name == nil {
			return
		}
		spec, ok := declared[name.Name]
		if !ok || name.Obj != nil && name.Obj.Decl != spec { // a local variable of the same name
			return
		}
		found = append(found, name)
	}
	ast.Inspect(f.AST, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, expr := range n.Lhs {
					write(expr)
				}
			}
		case *ast.IncDecStmt:
			write(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				write(n.X)
			}
		case *ast.CallExpr:
			if name, ok := n.Fun.(*ast.Ident); ok && (name.Name == "delete" || name.Name == "clear") && len(n.Args) > 0 {
				write(n.Args[0])
			}
		}
		return true
	})
	return found
}

// root is the variable that an expression such as x.f[i] is a part of.
func root(expr ast.Expr) *ast.Ident {
	for {
		switch e := expr.(type) {
		case *ast.Ident:
			return e
		case *ast.SelectorExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.ParenExpr:
			expr = e.X
		case *ast.StarExpr:
			expr = e.X
		case *ast.SliceExpr:
			expr = e.X
		default:
			return nil
		}
	}
}
