package storagetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/dicode/platen/storage"
)

// S3Bucket is the bucket that S3 makes.
const S3Bucket = "platen"

const (
	startTimeout = 30 * time.Second
	startTries   = 5 // another process may take the port in between
)

// S3 starts an S3 server of its own for t, versitygw on loopback with its objects
// in a folder of t, and returns an empty bucket in it. The server ends with t, and with
// the test process, however that ends. Where versitygw is not installed the test fails.
func S3(t testing.TB) storage.S3Config {
	t.Helper()
	cfg, stop, err := RunS3(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return cfg
}

// RunS3 is S3 without a test: the server keeps its objects in folder, which is
// empty, and runs until it is stopped, or this process ends.
func RunS3(ctx context.Context, folder string) (cfg storage.S3Config, stop func(), err error) {
	program, err := findGateway()
	if err != nil {
		return cfg, nil, err
	}
	for range startTries {
		cfg = storage.S3Config{Bucket: S3Bucket, Region: "us-east-1", AccessKey: "test-" + rand.Text(), SecretKey: rand.Text()}
		if stop, err = runGateway(ctx, program, folder, &cfg); err == nil {
			break
		}
	}
	if err != nil {
		return cfg, nil, err
	}
	client, err := Client(cfg)
	if err == nil {
		err = client.MakeBucket(ctx, cfg.Bucket, minio.MakeBucketOptions{})
	}
	if err != nil {
		stop()
	}
	return cfg, stop, err
}

// Client returns a client of the server, for what storage.S3 does not do.
func Client(cfg storage.S3Config) (*minio.Client, error) {
	return minio.New(strings.TrimPrefix(cfg.Endpoint, "http://"), &minio.Options{
		Creds: credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""), Region: cfg.Region,
	})
}

// findGateway returns the path of versitygw, in .cache/bin at the top of the repository.
func findGateway() (string, error) {
	top, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for !exists(filepath.Join(top, "go.mod")) && top != filepath.Dir(top) {
		top = filepath.Dir(top)
	}
	program := filepath.Join(top, ".cache", "bin", "versitygw")
	if !exists(program) {
		return "", fmt.Errorf("the tests need an S3 server, and there is no %s: run scripts/install test", program)
	}
	return program, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// runGateway starts a server and waits until it answers. It writes the endpoint to cfg.
func runGateway(ctx context.Context, program, folder string, cfg *storage.S3Config) (stop func(), err error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	objects, versions := filepath.Join(folder, "objects"), filepath.Join(folder, "versions")
	if err := errors.Join(os.MkdirAll(objects, 0o700), os.MkdirAll(versions, 0o700)); err != nil {
		return nil, err
	}
	var log bytes.Buffer
	cmd := exec.Command(program, "--port", address, "--health", "/health", "--region", cfg.Region, "--keep-alive", "--quiet",
		"posix", "--versioning-dir", versions, objects)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+cfg.AccessKey, "ROOT_SECRET_KEY="+cfg.SecretKey)
	cmd.Stdout, cmd.Stderr = &log, &log
	ended, err := startWithUs(cmd)
	if err != nil {
		return nil, err
	}
	stop = func() {
		cmd.Process.Kill()
		<-ended
	}
	cfg.Endpoint = "http://" + address
	if err := await(ctx, cfg.Endpoint+"/health", ended); err != nil {
		stop()
		return nil, fmt.Errorf("versitygw did not start: %w\n%s", err, &log)
	}
	return stop, nil
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// startWithUs starts cmd so that the kernel kills it when this process ends. The channel is
// closed when cmd has ended.
func startWithUs(cmd *exec.Cmd) (<-chan struct{}, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		// The signal is sent when the thread ends that started cmd, so it must not end before.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait()
		}
		close(ended)
	}()
	return ended, <-started
}

// await returns nil once url answers, or an error if the server has ended or is too slow.
func await(ctx context.Context, url string, ended <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			answer.Body.Close()
			return nil
		}
		select {
		case <-ended:
			return fmt.Errorf("it has ended: %w", err)
		case <-ctx.Done():
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}
