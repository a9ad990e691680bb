package documents

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// maxJSON is how many bytes of a JSON file are read.
const maxJSON = 64 << 20

// jsonRows reads a list of objects as a table: the names in the objects are its header, and each object is a row. A list may stand
// alone or be the only list of an object. The rows are numbered as if the header were row 1.
func jsonRows(in io.Reader) func(yield func(row, error) bool) {
	return func(yield func(row, error) bool) {
		list, err := jsonList(in)
		if err != nil {
			yield(row{}, err)
			return
		}
		var names []string
		for _, object := range list {
			for _, f := range object {
				if !slices.Contains(names, f.name) && len(names) < maxColumns {
					names = append(names, f.name)
				}
			}
		}
		header := row{number: 1}
		for i, name := range names {
			header.cells = append(header.cells, cell{text: tidy(name), row: 1, column: i + 1})
		}
		if !yield(header, nil) {
			return
		}
		for n, object := range list {
			r := row{number: n + 2}
			for i, name := range names {
				text := ""
				if at := slices.IndexFunc(object, func(f jsonField) bool { return f.name == name }); at >= 0 {
					text = object[at].text
				}
				r.cells = append(r.cells, cell{text: tidy(text), row: n + 2, column: i + 1})
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// jsonField is a value of an object that is a text, a number or a truth value; or the name, title or username of one that is an
// object itself.
type jsonField struct{ name, text string }

func jsonList(in io.Reader) ([][]jsonField, error) {
	var any json.RawMessage
	d := json.NewDecoder(io.LimitReader(in, maxJSON))
	if err := d.Decode(&any); err != nil {
		return nil, unreadable("json", "The file is no JSON, is cut off, or has more than %d bytes: %v.", maxJSON, err)
	}
	var objects []json.RawMessage
	if json.Unmarshal(any, &objects) != nil {
		var parts map[string]json.RawMessage
		if json.Unmarshal(any, &parts) != nil {
			return nil, unreadable("json", "The file holds no list of objects.")
		}
		lists := 0
		for _, part := range parts {
			var list []json.RawMessage
			if json.Unmarshal(part, &list) == nil && len(list) > 0 {
				objects, lists = list, lists+1
			}
		}
		if lists != 1 {
			return nil, unreadable("json", "The file holds %d lists, and one is read: save the list of milestones alone.", lists)
		}
	}
	var list [][]jsonField
	for i, object := range objects {
		fields, err := jsonFields(object)
		if err != nil {
			return nil, unreadable("json", "Object %d of the list cannot be read: %v.", i+1, err)
		}
		list = append(list, fields)
	}
	return list, nil
}

// jsonFields are the fields of an object in its own order.
func jsonFields(object json.RawMessage) (fields []jsonField, err error) {
	d := json.NewDecoder(strings.NewReader(string(object)))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.Join(err, fmt.Errorf("it is no object"))
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		fields = append(fields, jsonField{fmt.Sprint(name), jsonText(value)})
	}
	return fields, nil
}

func jsonText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case map[string]any:
		for _, name := range []string{"name", "title", "username", "login"} {
			if text, ok := v[name].(string); ok {
				return text
			}
		}
	}
	return ""
}
