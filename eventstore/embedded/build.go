package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/dirlock"
)

// buildDir is where Build works, in the directory itself: what is built has to be moved to its place, and
// the directory may be the root of a file system of its own.
const buildDir = "building"

// NotEmpty is a directory that holds something already. Nothing in it was touched.
type NotEmpty struct{ Dir, Name string }

func (e *NotEmpty) Error() string {
	return fmt.Sprintf("%s is not empty: there is %s in it, and nothing is ever overwritten. Name a directory that does not exist", e.Dir, e.Name)
}

// HalfBuilt is a directory in which a Build was interrupted. There is no ledger in it; a server that began
// one there would pass for the one that was to come.
type HalfBuilt struct{ Dir string }

func (e *HalfBuilt) Error() string {
	return fmt.Sprintf("a restore into %s was interrupted, and there is no ledger in it yet: run the restore again, or remove the directory", e.Dir)
}

// Build makes a data directory whose ledger appears whole or not at all: whatever ends the process, and the
// power, the directory has either no ledger or the one that fill wrote and prove accepted. It answers
// *NotEmpty for a directory that holds anything, and *Locked for one that a process works on; when it
// answers an error it leaves nothing behind.
//
// fill is given an open server with an empty ledger; prove the chain of what the files then hold.
func Build(ctx context.Context, dir string, o Options, fill func(context.Context, *Server) error, prove func(*eventstore.Chain) error) (err error) {
	made := !exists(dir)
	if err := dirlock.Make(dir); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	held, err := Lock(dir)
	if err != nil {
		return err
	}
	defer held.Close()
	if err := checkEmpty(dir); err != nil {
		return err
	}
	work := filepath.Join(dir, buildDir)
	defer func() {
		if err != nil {
			err = errors.Join(err, unmake(dir, made))
		}
	}()
	if err := os.RemoveAll(work); err != nil { // of a Build that was interrupted
		return fmt.Errorf("clear away what an interrupted restore left: %w", err)
	}
	if err := fillIn(ctx, work, o, fill); err != nil {
		return err
	}
	chain, _, err := Verify(work, func(*eventstore.Commit) error { return ctx.Err() })
	if err != nil {
		return err
	}
	if err := prove(chain); err != nil {
		return err
	}
	if err := putInPlace(work, dir); err != nil {
		return fmt.Errorf("put the ledger in its place: %w", err)
	}
	return nil
}

func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look into the data directory: %w", err)
	}
	for _, e := range entries {
		// lost+found is how a file system of its own begins.
		if n := e.Name(); n != dirlock.File && n != buildDir && n != "lost+found" {
			return &NotEmpty{Dir: dir, Name: n}
		}
	}
	return nil
}

// checkBuilt refuses a directory in which a Build was interrupted before the ledger was in its place.
func checkBuilt(dir string) error {
	if exists(filepath.Join(dir, buildDir)) && !exists(filepath.Join(dir, "ledger")) {
		return &HalfBuilt{Dir: dir}
	}
	return nil
}

func fillIn(ctx context.Context, work string, o Options, fill func(context.Context, *Server) error) error {
	s, err := Open(ctx, work, o)
	if err != nil {
		return err
	}
	// What was written is proved when the server has let go of it, so it is waited for, whoever leaves.
	return errors.Join(fill(ctx, s), s.Close(context.WithoutCancel(ctx)))
}

// putInPlace moves a built ledger. One rename decides: before it there is none, after it there is all of it.
func putInPlace(work, dir string) error {
	err := filepath.WalkDir(work, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncPath(path)
	})
	if err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(work, "ledger"), filepath.Join(dir, "ledger")); err != nil {
		return err
	}
	return errors.Join(
		os.Rename(filepath.Join(work, formatFile), filepath.Join(dir, formatFile)),
		os.Rename(filepath.Join(work, acknowledgedFile), filepath.Join(dir, acknowledgedFile)),
		os.RemoveAll(work), syncPath(dir), syncPath(filepath.Dir(filepath.Clean(dir))))
}

// unmake removes what a Build that failed has made.
func unmake(dir string, made bool) error {
	if exists(filepath.Join(dir, "ledger")) {
		return nil // it is in its place; what failed came after
	}
	err := os.RemoveAll(filepath.Join(dir, buildDir))
	if made {
		err = errors.Join(err, os.Remove(filepath.Join(dir, dirlock.File)), os.Remove(dir))
	}
	return err
}
