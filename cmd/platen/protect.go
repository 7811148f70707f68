package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dicode/platen/renderer/finish"
)

// protectFlags protect the written copy of a document by passwords. They are read
// from files, since other users of a machine see the command line.
type protectFlags struct {
	UserPasswordFile  string `placeholder:"FILE" help:"Encrypt the output (AES-256); readers need the password in this file to open it."`
	OwnerPasswordFile string `placeholder:"FILE" help:"Encrypt the output; readers may only read and print it without the password in this file. What is encrypted is not PDF/A."`
}

// Validate is called by kong.
func (f *protectFlags) Validate() error {
	if f.UserPasswordFile != "" && f.OwnerPasswordFile == "" {
		return errors.New("--user-password-file needs --owner-password-file too: without it anybody could lift the protection")
	}
	return nil
}

func (f protectFlags) wanted() bool { return f.OwnerPasswordFile != "" }

// protect returns the PDF, encrypted where that is wanted.
func (f protectFlags) protect(pdf []byte) ([]byte, error) {
	if !f.wanted() {
		return pdf, nil
	}
	user, err := password(f.UserPasswordFile)
	if err != nil {
		return nil, err
	}
	owner, err := password(f.OwnerPasswordFile)
	if err != nil {
		return nil, err
	}
	return finish.Protect(pdf, user, owner)
}

const maxPassword = 127 // bytes; AES-256 looks at no more (ISO 32000-2 §7.6.4.3.3)

// password reads the first line of a file.
func password(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := readAtMost(file, nil, 4<<10)
	if err != nil {
		return "", fmt.Errorf("password file %s: %w", file, err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	line = strings.TrimSuffix(line, "\r")
	if line == "" || len(line) > maxPassword {
		return "", usage("password file %s: the first line has %d bytes: want 1 to %d", file, len(line), maxPassword)
	}
	return line, nil
}
