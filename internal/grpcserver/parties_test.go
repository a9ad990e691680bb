package grpcserver_test

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/grpcserver"
)

// However many names there are, no answer is more than a client takes that knows nothing of us, and the pages are all of
// them, each once and in order.
func TestPartiesComeInPages(t *testing.T) {
	w := newWorld(t)
	const names = 15_000
	for i := range names {
		if _, err := w.names.Resolve(t.Context(), fmt.Sprintf("%0280d", i)); err != nil {
			t.Fatal(err)
		}
	}
	w.start()
	client := milepostv1.NewAuditServiceClient(w.dial()) // as gRPC makes one
	for _, size := range []int32{0, 4000, 100_000} {
		var all []string
		pages := 0
		for m := (&milepostv1.ListPartiesRequest{PageSize: size}); ; pages++ {
			answer, err := client.ListParties(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			if n := proto.Size(answer); n > 3<<20+100 {
				t.Errorf("a page has %d bytes", n)
			}
			for _, p := range answer.Parties {
				all = append(all, p.Name)
			}
			if m.PageToken = answer.NextPageToken; m.PageToken == "" {
				break
			}
		}
		if len(all) != names || !slices.IsSorted(all) || len(slices.Compact(all)) != names || pages == 0 {
			t.Errorf("%d names on %d pages of %d", len(all), pages+1, size)
		}
	}
	_, err := client.ListParties(t.Context(), &milepostv1.ListPartiesRequest{PageToken: "x"})
	info(t, err, codes.InvalidArgument, grpcserver.RulePageToken)
}
