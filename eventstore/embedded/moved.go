package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"milepost.dev/eventstore/dirlock"
)

// movedFile says that the ledger of a data directory goes on elsewhere.
const movedFile = "MOVED"

// Moved is a data directory whose ledger goes on elsewhere. A server that began here would make a second ledger of one name.
type Moved struct{ Dir, To string }

func (e *Moved) Error() string {
	return fmt.Sprintf("the ledger of %s was moved to %s and goes on there: start a server on that, or remove %s if nothing was accepted there yet", e.Dir, e.To, filepath.Join(e.Dir, movedFile))
}

// MarkMoved says in a data directory that its ledger goes on elsewhere, so that no server starts on it. The caller has locked it.
func MarkMoved(dir, to string) error {
	f, err := dirlock.OpenFile(filepath.Join(dir, movedFile), os.O_CREATE|os.O_TRUNC|os.O_WRONLY)
	if err != nil {
		return fmt.Errorf("mark %s as moved: %w", dir, err)
	}
	_, err = f.WriteString(to + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = syncPath(dir)
	}
	if err != nil {
		return fmt.Errorf("mark %s as moved: %w", dir, err)
	}
	return nil
}

// checkMoved answers *Moved for a directory that was marked.
func checkMoved(dir string) error {
	to, err := os.ReadFile(filepath.Join(dir, movedFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read whether the ledger was moved: %w", err)
	}
	return &Moved{Dir: dir, To: strings.TrimSpace(string(to))}
}
