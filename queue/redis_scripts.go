package queue

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
)

//go:embed lua
var lua embed.FS

// A Redis whose memory is full takes no new tickets, but lets what it has be worked on.
var (
	pushScript    = script("push", "")
	claimScript   = script("claim", whenFull)
	extendScript  = script("extend", whenFull)
	endScript     = script("end", whenFull)
	removeScript  = script("remove", whenFull)
	depthScript   = script("depth", whenFull)
	missingScript = script("missing", whenFull)
	linesScript   = script("lines", whenFull)

	scripts = []*redis.Script{pushScript, claimScript, extendScript, endScript, removeScript, depthScript, missingScript, linesScript}
)

const whenFull = " flags=allow-oom"

func script(name, flags string) *redis.Script {
	source := "#!lua" + flags + "\n"
	for _, file := range []string{"lib", name} {
		b, err := lua.ReadFile("lua/" + file + ".lua")
		if err != nil {
			panic(err) // it is not embedded
		}
		source += string(b)
	}
	return redis.NewScript(source)
}

// callTime is how long Redis may take to answer.
const callTime = 3 * time.Second

// run runs a script. It does not stop when ctx ends: a ticket whose claim nobody
// waits for would be lost until the end of its lease.
func (r *Redis) run(ctx context.Context, s *redis.Script, args ...any) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", err, platen.Busy)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	defer cancel()
	all := []any{r.channel}
	for _, a := range args {
		if tenant, ok := a.(platen.TenantID); ok {
			a = string(tenant)
		}
		all = append(all, a)
	}
	reply, err := s.Run(ctx, r.client, r.keys, all...).Result()
	return reply, explainRedis(err)
}

// refusals are the answers of a Redis that will take commands again, and what to do.
var refusals = []struct{ prefix, mend string }{
	{"OOM", "its memory is full: raise its maxmemory"},
	{"MISCONF", "it cannot write to its disk: make room there"},
	{"LOADING", "it is starting: wait"},
	{"BUSY", "a script of somebody else runs in it for too long: SCRIPT KILL ends it"},
	{"READONLY", "it is a replica: name the primary"},
	{"MASTERDOWN", "it is a replica without its primary: start that"},
	{"CLUSTERDOWN", "a part of the cluster is missing: CLUSTER INFO says which"},
	{"TRYAGAIN", "the cluster moves keys: wait"},
	{"max number of clients reached", "too many are connected: raise its maxclients"},
}

// explainRedis gives an error of Redis its kind, and says what to do about it.
func explainRedis(err error) error {
	if err == nil {
		return nil
	}
	for _, r := range refusals {
		if redis.HasErrorPrefix(err, r.prefix) {
			return fmt.Errorf("Redis refuses: %w: %s: %w", err, r.mend, platen.Busy)
		}
	}
	for _, prefix := range []string{"NOAUTH", "WRONGPASS", "NOPERM"} {
		if redis.HasErrorPrefix(err, prefix) {
			return fmt.Errorf("Redis refuses: %w: give the user and password of one who may use the queue's keys, its channel, and scripts: %w", err, platen.Internal)
		}
	}
	if errors.As(err, new(redis.Error)) {
		return fmt.Errorf("Redis says: %w: somebody else has changed the queue's keys: delete them, and the queue is filled again: %w", err, platen.Internal)
	}
	return fmt.Errorf("Redis does not answer: %w: see that it runs, and can be reached from here: %w", err, platen.Busy)
}
