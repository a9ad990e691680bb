package main

import (
	"reflect"
	"strings"
)

// grammar is the tree of commands for one run of the program: the command that the first argument names, or all of them where it
// names none. To read the tags of every command and flag that there is takes longer than most commands do.
func grammar(args []string) any {
	if len(args) > 0 {
		if field, ok := commandField(reflect.TypeFor[commandLine](), args[0]); ok {
			return reflect.New(reflect.StructOf([]reflect.StructField{field})).Interface()
		}
	}
	return &commandLine{}
}

// commandField is the field of a command by its name, also in what is embedded. A command of several words has none here.
func commandField(in reflect.Type, name string) (reflect.StructField, bool) {
	for i := range in.NumField() {
		field := in.Field(i)
		if field.Anonymous {
			if found, ok := commandField(field.Type, name); ok {
				return found, true
			}
			continue
		}
		if strings.ToLower(field.Name) == name {
			field.Index, field.Offset = nil, 0 // of the tree that it is taken from
			return field, true
		}
	}
	return reflect.StructField{}, false
}
