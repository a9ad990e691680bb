package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Tree is a module's Go files, read from their text alone: a rule sees a file whatever its build tags
// say, and the go command knows which files a test has read, so a cached result is never stale.
type Tree struct {
	Module   string // its path
	Root     fs.FS
	Fset     *token.FileSet
	Packages []*Package // in order of path
}

// Package is the Go files of one directory.
type Package struct {
	Path  string // below the module; "." for the module's own directory
	Files []*File
	Types map[string]bool // the names of the types that it declares
}

// File is one Go file.
type File struct {
	Path      string // below the module
	Package   *Package
	Test      bool
	Generated bool
	Lines     int
	AST       *ast.File
	Imports   []string          // import paths, in order
	Named     map[string]string // import path by the name that the file has for it
}

// Read parses every Go file below root but those that the go command ignores.
func Read(root fs.FS, module string) (*Tree, error) {
	t := &Tree{Module: module, Root: root, Fset: token.NewFileSet()}
	packages := map[string]*Package{}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if name != "." && strings.ContainsAny(base[:1], "._") || base == "testdata" || name == "tools" {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		file, err := t.parse(name)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		p := packages[dir]
		if p == nil {
			p = &Package{Path: dir, Types: map[string]bool{}}
			packages[dir] = p
			t.Packages = append(t.Packages, p)
		}
		file.Package = p
		p.Files = append(p.Files, file)
		for _, object := range file.AST.Scope.Objects {
			p.Types[object.Name] = p.Types[object.Name] || object.Kind == ast.Typ
		}
		return nil
	})
	slices.SortFunc(t.Packages, func(a, b *Package) int { return strings.Compare(a.Path, b.Path) })
	return t, err
}

func (t *Tree) parse(name string) (*File, error) {
	data, err := fs.ReadFile(t.Root, name)
	if err != nil {
		return nil, err
	}
	parsed, err := parser.ParseFile(t.Fset, name, data, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	file := &File{
		Path: name, AST: parsed, Test: strings.HasSuffix(name, "_test.go"), Generated: ast.IsGenerated(parsed),
		Lines: bytes.Count(data, []byte("\n")), Named: map[string]string{},
	}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		local := localName(imported)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		file.Imports = append(file.Imports, imported)
		file.Named[local] = imported
	}
	slices.Sort(file.Imports)
	return file, nil
}

// localName is what an import is called where nothing else is said: its last element, without a version.
func localName(imported string) string {
	base := path.Base(imported)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(imported))
	}
	return base
}

// Files calls yield for every file that a person wrote.
func (t *Tree) Files(yield func(*File) bool) {
	for _, p := range t.Packages {
		for _, f := range p.Files {
			if !f.Generated && !yield(f) {
				return
			}
		}
	}
}

// inModule answers the path below the module of an import of this module.
func (t *Tree) inModule(imported string) (string, bool) {
	if imported == t.Module {
		return ".", true
	}
	return strings.CutPrefix(imported, t.Module+"/")
}

// at says where a node is.
func (t *Tree) at(node ast.Node) string {
	p := t.Fset.Position(node.Pos())
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

// matches says whether a path is one of the patterns: a path, or with "/..." at its end also all below it.
func matches(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		parent, below := strings.CutSuffix(pattern, "/...")
		return name == parent || below && strings.HasPrefix(name, parent+"/")
	})
}

// selected answers the import path and the name of a qualified name such as time.Now.
func (f *File) selected(node ast.Node) (imported, name string) {
	selector, ok := node.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	qualifier, ok := selector.X.(*ast.Ident)
	if !ok || qualifier.Obj != nil { // a variable of that name, not the import
		return "", ""
	}
	return f.Named[qualifier.Name], selector.Sel.Name
}
