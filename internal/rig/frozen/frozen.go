// Package frozen keeps what the protos promised: numbered images of them, each written once by `make
// proto-freeze` and never changed. Whatever an image names is there in every later image and in the
// code, under the same number and with the same type, so that what was stored is read for ever and a
// customer's program goes on working.
//
// `buf breaking` compares the protos with every image too. The test of this package needs no tool, and
// so runs wherever the code is tested.
package frozen

import (
	"embed"
	"io/fs"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

//go:embed *.binpb
var images embed.FS

// Image is what was promised on one day.
type Image struct {
	Name  string // "0001.binpb"
	Files *descriptorpb.FileDescriptorSet
}

// Images returns them in order.
func Images() ([]Image, error) {
	names, err := fs.Glob(images, "*.binpb")
	if err != nil {
		return nil, err
	}
	kept := make([]Image, len(names))
	for i, name := range names {
		data, err := images.ReadFile(name)
		if err != nil {
			return nil, err
		}
		kept[i] = Image{Name: name, Files: new(descriptorpb.FileDescriptorSet)}
		if err := proto.Unmarshal(data, kept[i].Files); err != nil {
			return nil, err
		}
	}
	return kept, nil
}
