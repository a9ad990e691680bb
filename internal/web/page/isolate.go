package page

import (
	"html/template"
	"reflect"
	"regexp"
	"strings"
	"text/template/parse"
	"unicode"
)

// isolateName is the function by which every template writes a value into its text. Templates do not name it: isolateAll does.
const isolateName = "isolate"

// isolate is a value as it stands in the text of a page. A text with letters that run from right to left is kept from turning round
// what stands beside it, and marks that turn text round are shown and not followed. Any other value stays as it is.
func isolate(value any) any {
	v := reflect.ValueOf(value)
	if !v.IsValid() || v.Kind() != reflect.String || v.Type() == reflect.TypeFor[template.HTML]() || !strings.ContainsFunc(v.String(), turns) {
		return value
	}
	shown := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, v.String())
	return template.HTML("<bdi>" + template.HTMLEscapeString(shown) + "</bdi>")
}

// turns says whether a rune can change the direction of a line: a mark that does, or a letter of the blocks that Unicode gives to
// scripts which run from right to left.
func turns(r rune) bool {
	switch {
	case r < 0x590:
		return false
	case r <= 0x8ff, 0xfb1d <= r && r <= 0xfdff, 0xfe70 <= r && r <= 0xfeff, 0x10800 <= r && r <= 0x10fff, 0x1e800 <= r && r <= 0x1efff:
		return true
	}
	return unicode.Is(unicode.Bidi_Control, r)
}

// isolateAll has each value that the templates of a set write into text go through isolate. A value in a tag stays as it is, and so
// does one in an element that holds plain text alone or a drawing.
func isolateAll(set *template.Template) {
	isolateThose(set, func(string) bool { return true })
}

// isolateThose does so with the templates of some files.
func isolateThose(set *template.Template, of func(file string) bool) {
	for _, t := range set.Templates() {
		if t.Tree != nil && t.Tree.Root != nil && of(t.Tree.ParseName) {
			(&isolating{}).list(t.Tree.Root)
		}
	}
}

// isolating is where in the text of a template it has come to.
type isolating struct {
	inTag bool
	plain int // elements that hold plain text or a drawing, which are open
}

// marks are the ends of tags, and elements whose text is not of the page.
var marks = regexp.MustCompile(`(?i)<(/?)(title|textarea|option|script|style|svg)\b|<|>`)

func (i *isolating) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			i.text(string(n.Text))
		case *parse.ActionNode:
			if !i.inTag && i.plain == 0 {
				isolatePipe(n.Pipe)
			}
		case *parse.IfNode:
			i.branches(&n.BranchNode)
		case *parse.RangeNode:
			i.branches(&n.BranchNode)
		case *parse.WithNode:
			i.branches(&n.BranchNode)
		}
	}
}

// branches follows each branch from the same place; html/template sees to it that they end in the same.
func (i *isolating) branches(b *parse.BranchNode) {
	other := *i
	i.list(b.List)
	other.list(b.ElseList)
}

func (i *isolating) text(text string) {
	for _, m := range marks.FindAllStringSubmatch(text, -1) {
		switch {
		case m[0] == ">":
			i.inTag = false
		case m[2] == "":
			i.inTag = true
		case m[1] == "":
			i.inTag = true
			i.plain++
		default:
			i.inTag = true
			i.plain--
		}
	}
}

// isolatePipe adds the function to a pipe that writes a value as it is given. What a function of ours made of it is ours.
func isolatePipe(p *parse.PipeNode) {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return
	}
	switch p.Cmds[0].Args[0].(type) {
	case *parse.FieldNode, *parse.DotNode, *parse.VariableNode, *parse.ChainNode:
	default:
		return
	}
	p.Cmds = append(p.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: p.Pos, Args: []parse.Node{parse.NewIdentifier(isolateName).SetPos(p.Pos)}})
}
