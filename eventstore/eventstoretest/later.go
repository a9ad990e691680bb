package eventstoretest

import (
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// Later returns a commit as a later version might have written it: its commit, its entries, its opening and the last of
// its records have fields that this version does not know.
func Later(t testing.TB, data []byte) []byte {
	t.Helper()
	unknown := protowire.AppendString(protowire.AppendTag(nil, 1000, protowire.BytesType), "of a later version")
	unknown = protowire.AppendVarint(protowire.AppendTag(unknown, 1001, protowire.VarintType), 7)
	var c ledgerv1.Commit
	if err := proto.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	for _, e := range c.Entries {
		e.ProtoReflect().SetUnknown(unknown)
	}
	if c.Opening != nil {
		c.Opening.ProtoReflect().SetUnknown(unknown)
	}
	if n := len(c.Records); n > 0 {
		c.Records[n-1] = append(c.Records[n-1], unknown...)
	}
	c.ProtoReflect().SetUnknown(unknown)
	data, err := proto.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
