package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgres is a server of its own in a directory, with its settings as they come: fsync and synchronous_commit are on.
type postgres struct {
	server *exec.Cmd
	log    bytes.Buffer
	conns  []*pgx.Conn // one for each client
}

const pgClients = 64

func startPostgres(dir, programs string) (*postgres, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	as, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	program := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(programs, name), args...)
		cmd.Dir, cmd.SysProcAttr = dir, as
		return cmd
	}
	if out, err := program("initdb", "-D", data, "-U", "luvat", "--auth=trust", "--encoding=UTF8", "--locale=C").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb failed, install PostgreSQL or say with -postgres where it is: %w\n%s", err, out)
	}
	pg := &postgres{server: program("postgres", "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories="+dir, "-c", "max_connections=100")}
	pg.server.Stdout, pg.server.Stderr = &pg.log, &pg.log
	if err := pg.server.Start(); err != nil {
		return nil, err
	}
	if err := pg.connect(dir); err != nil {
		pg.stop()
		return nil, fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, pg.log.String())
	}
	return pg, nil
}

// unprivileged is how to run as the user postgres when this is root, whom PostgreSQL refuses; dir is made theirs.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root and there is no user postgres: start this as another user, or make one")
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // it must be able to pass through
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(dir, uid, gid)
}

func (pg *postgres) connect(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for len(pg.conns) < pgClients {
		conn, err := pgx.Connect(ctx, "host="+dir+" user=luvat dbname=postgres")
		if err == nil {
			pg.conns = append(pg.conns, conn)
			continue
		}
		if ctx.Err() != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond) // it is still starting
	}
	for setting, want := range map[string]string{"fsync": "on", "synchronous_commit": "on"} {
		var got string
		if err := pg.conns[0].QueryRow(ctx, "SHOW "+setting).Scan(&got); err != nil || got != want {
			return fmt.Errorf("%s is %q, not %q: %v", setting, got, want, err)
		}
	}
	_, err := pg.conns[0].Exec(ctx, `
		CREATE TABLE plain (id text PRIMARY KEY, data bytea NOT NULL);
		CREATE TABLE entries (case_id text, seq bigint, kind text, at timestamptz, by_whom text, for_whom text, edition text, data text, prev bytea, hash bytea, PRIMARY KEY (case_id, seq));
		CREATE TABLE rows (name text, key text COLLATE "C", value bytea, PRIMARY KEY (name, key));
		CREATE TABLE work (id text PRIMARY KEY, queue text, case_id text, lane text, due timestamptz, added bigserial, data text);
		CREATE INDEX ON work (queue, due, added);
		CREATE INDEX ON work (lane, added);`)
	return err
}

// insertRow commits as many bytes as a submission has, as one row: the least that PostgreSQL can be asked for.
func (pg *postgres) insertRow(ctx context.Context, client int) error {
	name := caseName()
	c := submission(name)
	data := make([]byte, bytesOf(c))
	copy(data, c.Entries[0].Data)
	_, err := pg.conns[client].Exec(ctx, `INSERT INTO plain VALUES ($1, $2)`, name, data)
	return err
}

// insertSubmission commits what the store commits, in one transaction and one round trip.
func (pg *postgres) insertSubmission(ctx context.Context, client int) error {
	c := submission(caseName())
	e, hash := c.Entries[0], make([]byte, 32)
	var b pgx.Batch // which is one transaction
	b.Queue(`INSERT INTO entries VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $8)`, c.Case, e.Kind, e.At, e.By, e.For, e.Edition, string(e.Data), hash)
	for _, r := range c.Rows {
		b.Queue(`INSERT INTO rows VALUES ($1, $2, $3)`, r.Index, r.Key, r.Value)
	}
	for _, w := range c.Work {
		b.Queue(`INSERT INTO work (id, queue, case_id, lane, due, data) VALUES ($1, $2, $3, $4, $5, $6)`, w.ID, w.Queue, c.Case, w.Lane, w.Due, string(w.Data))
	}
	return pg.conns[client].SendBatch(ctx, &b).Close()
}

// stop ends the server at once; its data is thrown away.
func (pg *postgres) stop() {
	for _, c := range pg.conns {
		c.Close(context.Background())
	}
	pg.server.Process.Signal(syscall.SIGQUIT)
	pg.server.Wait()
}
