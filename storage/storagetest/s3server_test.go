package storagetest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// childMode makes this test binary the process that is killed.
const childMode = "PLATEN_TEST_S3_CHILD"

func TestS3Child(t *testing.T) {
	if os.Getenv(childMode) == "" {
		t.Skip("only in a process of TestS3DiesWithTheTests")
	}
	fmt.Println(S3(t).Endpoint)
	select {} // until it is killed
}

func TestS3DiesWithTheTests(t *testing.T) {
	child := exec.Command(os.Args[0], "-test.run=^TestS3Child$")
	child.Env = append(os.Environ(), childMode+"=1", "TMPDIR="+t.TempDir())
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	child.Process.Kill() // SIGKILL: nothing of the child runs any more
	child.Wait()
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(strings.TrimSpace(line), "http://")
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		conn.Close()
		if time.Now().After(deadline) {
			t.Fatalf("the server at %s still listens", address)
		}
	}
}
