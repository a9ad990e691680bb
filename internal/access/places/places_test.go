package places_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/internal/access/places"
)

// Whatever is taken and given back in whatever order: there are never more places taken than there are, who is let in holds
// no more than was free for others, and whoever holds none gets one as long as any is free.
func TestPlacesAreSharedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 40).Draw(t, "most")
		p := places.New(most)
		held := map[string][]places.Place{}
		sizes := map[string][]int{}
		sum := func(holder string) (n int) {
			for _, size := range sizes[holder] {
				n += size
			}
			return n
		}
		taken := 0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			holder := fmt.Sprint(rapid.IntRange(0, 6).Draw(t, "holder"))
			if n := len(held[holder]); n > 0 && rapid.Bool().Draw(t, "leaves") {
				held[holder][n-1].Leave()
				taken -= sizes[holder][n-1]
				held[holder], sizes[holder] = held[holder][:n-1], sizes[holder][:n-1]
				continue
			}
			size := rapid.IntRange(1, 3).Draw(t, "size")
			before, free := sum(holder), most-taken
			room := p.Room(holder)
			place, ok := p.Take(holder, size)
			if size == 1 && room != ok {
				t.Fatalf("there is room: %t, and it was taken: %t", room, ok)
			}
			if want := before+size <= free; ok != want {
				t.Fatalf("%d more for one who holds %d, while %d of %d are free: %t", size, before, free, most, ok)
			}
			if !ok {
				continue
			}
			taken += size
			held[holder], sizes[holder] = append(held[holder], place), append(sizes[holder], size)
		}
		if got := p.Count().Taken; got != taken || got > most {
			t.Fatalf("%d of %d are taken, and counted are %d", taken, most, got)
		}
		for _, of := range held {
			for _, place := range of {
				place.Leave()
			}
		}
		if got := p.Count().Taken; got != 0 {
			t.Fatalf("%d are taken when all were given back", got)
		}
	})
}

// However many take all that they can, each has its share, and one who comes later has a place.
func TestNobodyTakesWhatAnotherNeeds(t *testing.T) {
	for _, greedy := range []int{1, 2, 5, 9} {
		p := places.New(1000)
		for again := true; again; {
			again = false
			for i := range greedy {
				_, ok := p.Take(fmt.Sprint(i), 1)
				again = again || ok
			}
		}
		free := 1000 - p.Count().Taken
		if least := 1000/(greedy+1) - 1; free < least {
			t.Errorf("%d callers that take all they can leave %d of 1000 free, want %d", greedy, free, least)
		}
		if _, ok := p.Take("late", 1); !ok {
			t.Errorf("who comes behind %d of them finds no place", greedy)
		}
	}
}
