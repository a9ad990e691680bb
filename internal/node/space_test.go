package node

import (
	"math"
	"testing"
	"time"

	"milepost.dev/internal/clock"
)

// The disk is asked again a moment later, and at once where it was full: who was refused is not told an old story.
func TestTheRoomOnTheDiskIsAskedForAgain(t *testing.T) {
	c := clock.NewManual(time.Unix(0, 0))
	n := &Node{clock: c, data: t.TempDir()}
	if n.noRoom() != nil {
		t.Fatal("there is no room, whatever the floor")
	}
	n.floor = math.MaxUint64
	if n.noRoom() != nil {
		t.Error("the disk is asked for each commit")
	}
	c.Advance(lookAtDisk)
	if n.noRoom() == nil {
		t.Skip("this machine does not tell what its disk has")
	}
	if n.noRoom() == nil {
		t.Error("who comes a moment after it was full is told that there is room")
	}
	n.floor = 0
	if full := n.noRoom(); full != nil {
		t.Errorf("there is %v, and was no room a moment ago", full)
	}
}
