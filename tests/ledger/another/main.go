// Asks Go's own libraries (golang.org/x/mod/sumdb, written by others) about notes, inclusion and consistency: a line in, 1 or 0 out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	What       string
	Key, Note  string
	Size, At   int64
	Root, Hash []byte
	Proof      [][]byte
}

func hash(raw []byte) (h tlog.Hash) {
	copy(h[:], raw)
	return h
}

func holds(q question) bool {
	proof := make([]tlog.Hash, len(q.Proof))
	for i, raw := range q.Proof {
		if len(raw) != tlog.HashSize {
			return false
		}
		proof[i] = hash(raw)
	}
	switch q.What {
	case "note":
		verifier, err := note.NewVerifier(q.Key)
		if err != nil {
			return false
		}
		_, err = note.Open([]byte(q.Note), note.VerifierList(verifier))
		return err == nil
	case "inclusion":
		return tlog.CheckRecord(tlog.RecordProof(proof), q.Size, hash(q.Root), q.At, hash(q.Hash)) == nil
	case "consistency":
		return tlog.CheckTree(tlog.TreeProof(proof), q.Size, hash(q.Root), q.At, hash(q.Hash)) == nil
	}
	return false
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var q question
		if json.Unmarshal(lines.Bytes(), &q) == nil && holds(q) {
			fmt.Println(1)
		} else {
			fmt.Println(0)
		}
	}
}
