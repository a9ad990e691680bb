package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"milepost.dev/internal/observe/accesslog"
	"milepost.dev/internal/output"
)

// accessLog proves an access log.
func (c verifyCommand) accessLog(inv *invocation) error {
	if len(c.Receipt) > 0 {
		return &usageError{"--receipt is of the ledger: an access log has none"}
	}
	expect := map[uint64]string{}
	for _, text := range c.Expect {
		number, digest, _ := strings.Cut(text, ":")
		n, err := strconv.ParseUint(number, 10, 64)
		if sum, wrong := hex.DecodeString(digest); err != nil || n == 0 || wrong != nil || len(sum) != 32 {
			return &usageError{fmt.Sprintf("--expect: %.80q cannot be read. Write the line's number, a colon, and 64 hexadecimal digits.", text)}
		}
		expect[n] = strings.ToLower(digest)
	}
	proof, err := accesslog.Verify(c.AccessLog, expect)
	if damage, ok := errors.AsType[*accesslog.Damage](err); ok && c.Output == "json" {
		if err := output.NewEncoder(inv.stdout).Encode(map[string]any{"damaged": map[string]any{"file": damage.File, "line": damage.Line, "reason": damage.Reason}}); err != nil {
			return err
		}
	}
	if damage, ok := errors.AsType[*accesslog.Damage](err); ok {
		return fmt.Errorf("the access log is damaged: %w", damage)
	}
	if err != nil {
		return err
	}
	if c.Output == "json" {
		return output.NewEncoder(inv.stdout).Encode(proof)
	}
	_, err = fmt.Fprint(inv.stdout, accessInWords(proof))
	return err
}

func accessInWords(p accesslog.Proof) string {
	if p.Lines == 0 {
		return "The access log is empty.\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "The access log is whole.\nlines      %d, number %d to %d, in %d files\ndigest     %s\n", p.Lines, p.First, p.Last, p.Files, p.Digest)
	if p.Unchained > 0 {
		fmt.Fprintf(&b, "unproved   %d at the beginning, of a version that did not chain them\n", p.Unchained)
	}
	if p.BrokenOff > 0 {
		fmt.Fprintf(&b, "broken off %d, when the server was cut off\n", p.BrokenOff)
	}
	if p.LeftOut > 0 {
		fmt.Fprintf(&b, "left out   %d refused calls of strangers\n", p.LeftOut)
	}
	if p.Kept > 0 {
		fmt.Fprintf(&b, "kept       %d digests, all of which agree\n", p.Kept)
	}
	return b.String()
}
