package page

import "strings"

// fileLink leads to what a page shows as a file.
type fileLink struct{ Name, Href string }

// files are the addresses of the page as files of some kinds: the page's own, with the kind behind its path.
func (a *asking) files(kinds ...string) []fileLink {
	var links []fileLink
	path, _ := strings.CutSuffix(a.path, "/")
	if path == "" {
		path = "/portfolio"
	}
	for _, kind := range kinds {
		links = append(links, fileLink{strings.ToUpper(kind), address(path+"."+kind, a.query)})
	}
	return links
}
