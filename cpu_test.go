package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cpuSpent is the processor time that the parts of a system on one machine have used.
// Ours is that of this process: the application, and also the mail sandbox and the
// benchmark itself, which are part of it.
type cpuSpent struct{ ours, postgres, temporal time.Duration }

// cpuNow reads what has been used so far. Where there is no /proc, only ours is known.
func cpuNow() cpuSpent {
	var spent cpuSpent
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) == nil {
		spent.ours = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	running := processes()
	for pid, p := range running {
		if !descends(running, pid, os.Getpid()) {
			continue
		}
		switch {
		case strings.HasPrefix(p.name, "postgres"):
			spent.postgres += p.used
		case strings.HasPrefix(p.name, "temporal"):
			spent.temporal += p.used
		}
	}
	return spent
}

func (c cpuSpent) since(before cpuSpent) cpuSpent {
	return cpuSpent{c.ours - before.ours, c.postgres - before.postgres, c.temporal - before.temporal}
}

func (c cpuSpent) plus(other cpuSpent) cpuSpent {
	return cpuSpent{c.ours + other.ours, c.postgres + other.postgres, c.temporal + other.temporal}
}

func (c cpuSpent) all() time.Duration { return c.ours + c.postgres + c.temporal }

// each says what one of so many has used.
func (c cpuSpent) each(count int) string {
	one := func(d time.Duration) float64 { return milliseconds(d) / float64(count) }
	return fmt.Sprintf("CPU ms each: ours %.1f, Postgres %.1f, Temporal %.1f, together %.1f", one(c.ours), one(c.postgres), one(c.temporal), one(c.all()))
}

// process is what /proc says of one. used includes what its ended children used.
type process struct {
	name   string
	parent int
	used   time.Duration
}

// clockTick is the unit of times in /proc on every Linux that Go runs on.
const clockTick = 10 * time.Millisecond

func processes() map[int]process {
	found := map[int]process{}
	entries, _ := os.ReadDir("/proc") // without it, none are known
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		begin, end := strings.IndexByte(string(stat), '('), strings.LastIndexByte(string(stat), ')')
		if err != nil || begin < 0 || end < begin {
			continue // it has just ended
		}
		fields := strings.Fields(string(stat[end+1:])) // from the third field of proc(5) on
		if len(fields) < 15 {
			continue
		}
		number := func(field int) int { n, _ := strconv.Atoi(fields[field-3]); return n } // the kernel writes numbers
		ticks := number(14) + number(15) + number(16) + number(17)
		found[pid] = process{name: string(stat[begin+1 : end]), parent: number(4), used: time.Duration(ticks) * clockTick}
	}
	return found
}

// descends reports whether a process was started by another one, at whatever distance.
func descends(running map[int]process, pid, ancestor int) bool {
	for p, is := running[pid]; is; p, is = running[p.parent] {
		if p.parent == ancestor {
			return true
		}
	}
	return false
}
