package storage_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage"
)

// openTurns returns turns with a client of their own, as another process has them.
func openTurns(t testing.TB, address string) *storage.RedisTurns {
	return storage.NewRedisTurns(redisClient(t, address), quiet)
}

// taking takes a turn beside the caller.
func taking(ctx context.Context, turns *storage.RedisTurns, key string) <-chan func() {
	taken := make(chan func(), 1)
	go func() { taken <- turns.Take(ctx, key) }()
	return taken
}

// wantTurn returns what ends a turn that is to come: at once, or, of one who has died,
// within five seconds.
func wantTurn(t testing.TB, what string, taken <-chan func()) (release func()) {
	t.Helper()
	select {
	case release := <-taken:
		return release
	case <-time.After(15 * time.Second):
		t.Fatal("no turn: " + what)
		return nil
	}
}

// wantNone fails if a turn comes that somebody else has, within a moment.
func wantNone(t testing.TB, what string, taken <-chan func()) {
	t.Helper()
	select {
	case <-taken:
		t.Fatal(what + ": two have the same turn")
	case <-time.After(150 * time.Millisecond):
	}
}

func TestTurnsOneAtATime(t *testing.T) {
	address := queuetest.Redis(t)
	var holders, turns atomic.Int32
	var group sync.WaitGroup
	for range 5 {
		process := openTurns(t, address)
		for range 10 {
			group.Go(func() {
				release := process.Take(t.Context(), "acme 0f")
				defer release()
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d have the turn", n)
				}
				time.Sleep(rand.N(2 * time.Millisecond))
				holders.Add(-1)
				turns.Add(1)
			})
		}
	}
	group.Wait()
	if turns.Load() != 50 {
		t.Errorf("%d turns", turns.Load())
	}
}

func TestTurnsOfOthersDoNotWait(t *testing.T) {
	address := queuetest.Redis(t)
	a, b := openTurns(t, address), openTurns(t, address)
	defer a.Take(t.Context(), "acme 0f")()
	for _, key := range []string{"acme 0e", "globex 0f"} {
		wantTurn(t, key, taking(t.Context(), b, key))()
	}
}

// A turn lasts longer than its lease while its holder lives, and its end is noticed soon.
func TestTurnsAreExtended(t *testing.T) {
	address := queuetest.Redis(t)
	a, b := openTurns(t, address), openTurns(t, address)
	a.SetLease(500 * time.Millisecond)
	release := a.Take(t.Context(), "a")
	taken := taking(t.Context(), b, "a")
	for range 6 {
		wantNone(t, "it is held", taken)
	}
	release()
	wantTurn(t, "it was released", taken)()
}

// childTurn takes a turn and keeps it until it is killed.
func childTurn(address string) {
	client := redis.NewClient(&redis.Options{Addr: address, ContextTimeoutEnabled: true})
	storage.NewRedisTurns(client, quiet).Take(context.Background(), "a")
	fmt.Println("taken")
	select {}
}

func TestTurnsOfTheDeadEnd(t *testing.T) {
	t.Parallel()
	address := queuetest.Redis(t)
	cmd := child(t, "turn", address)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "taken\n" {
		t.Fatalf("the child says %q", line)
	}
	taken := taking(t.Context(), openTurns(t, address), "a")
	wantNone(t, "the child lives", taken)
	cmd.Process.Kill()
	cmd.Wait()
	wantTurn(t, "the child is dead", taken)()
}

// Redis forgets a turn: another one has it then, and it is not ended by the first.
func TestTurnsThatAreForgotten(t *testing.T) {
	address := queuetest.Redis(t)
	a, b, c := openTurns(t, address), openTurns(t, address), openTurns(t, address)
	first := a.Take(t.Context(), "a")
	taken := taking(t.Context(), b, "a")
	wantNone(t, "it is held", taken)
	if err := redisClient(t, address).FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	second := wantTurn(t, "Redis forgot it", taken)
	taken = taking(t.Context(), c, "a")
	first()
	wantNone(t, "the second holds it", taken)
	second()
	wantTurn(t, "both have ended", taken)()
}

func TestTurnsWhileRedisIsAway(t *testing.T) {
	for _, how := range []string{"killed", "hung"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			server := queuetest.StartRedis(t)
			stop, goOn := server.Kill, func() { server.Restart(t) }
			if how == "hung" {
				signal := signalRedis(t, redisClient(t, server.Addr))
				stop, goOn = func() { signal(syscall.SIGSTOP) }, func() { signal(syscall.SIGCONT) }
			}
			a, b := openTurns(t, server.Addr), openTurns(t, server.Addr)
			release := a.Take(t.Context(), "a")
			taken := taking(t.Context(), b, "a")
			wantNone(t, "it is held", taken)
			stop()
			wantTurn(t, "who waits goes on", taken)()
			wantTurn(t, "who comes goes on", taking(t.Context(), a, "b"))()
			wantQuick(t, "Take and release", func() { b.Take(t.Context(), "c")() })
			wantQuick(t, "release", release)

			goOn()
			eventually(t, "turns are kept again", func() bool {
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
				defer a.Take(t.Context(), "d")()
				start := time.Now()
				b.Take(ctx, "d")()
				return time.Since(start) > 20*time.Millisecond
			})
		})
	}
}

func TestTurnsDoNotWaitForEver(t *testing.T) {
	address := queuetest.Redis(t)
	a, b := openTurns(t, address), openTurns(t, address)
	defer a.Take(t.Context(), "a")()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	start := time.Now()
	b.Take(ctx, "a")()
	if took := time.Since(start); took < 900*time.Millisecond || took > 1900*time.Millisecond {
		t.Errorf("waited %s of 2s, want half", took)
	}
	ctx, cancel = context.WithCancel(t.Context())
	taken := taking(ctx, b, "a")
	wantNone(t, "it is held", taken)
	cancel()
	wantTurn(t, "the caller leaves", taken)()
	wantNone(t, "it is still held", taking(t.Context(), b, "a"))
}
