package content

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Clamd scans by a ClamAV daemon with its INSTREAM command (clamd(8)): chunks of a length in four bytes, big-endian, and a chunk of
// no length at the end.
type Clamd struct {
	Network string // "unix" or "tcp"
	Address string
	Timeout time.Duration // of a whole scan; 0 means a minute
}

// ParseClamd reads an address: a path of a socket, or host:port.
func ParseClamd(address string) (*Clamd, error) {
	if strings.HasPrefix(address, "/") {
		return &Clamd{Network: "unix", Address: address}, nil
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, fmt.Errorf("%q is no address of clamd; write /run/clamav/clamd.ctl or localhost:3310", address)
	}
	return &Clamd{Network: "tcp", Address: address}, nil
}

// Scan sends a stream to the daemon and returns what it found.
func (c *Clamd) Scan(ctx context.Context, r io.Reader) (string, error) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, c.Network, c.Address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	// clamd may answer and close before it has read all, when a document exceeds its StreamMaxLength: then what it said counts.
	sending := send(conn, r)
	answer, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString(0)
	answer = strings.TrimSuffix(answer, "\x00")
	switch {
	case answer == "" && sending != nil:
		return "", sending
	case answer == "":
		return "", fmt.Errorf("clamd closed without an answer: %w", err)
	case strings.HasSuffix(answer, "OK"):
		if sending != nil {
			return "", sending
		}
		return "", nil
	case strings.HasSuffix(answer, " FOUND"):
		return strings.TrimSuffix(strings.TrimPrefix(answer, "stream: "), " FOUND"), nil
	}
	return "", fmt.Errorf("clamd answered %q", answer)
}

func send(conn net.Conn, r io.Reader) error {
	if _, err := conn.Write([]byte("zINSTREAM\x00")); err != nil {
		return err
	}
	chunk := make([]byte, 4+64<<10)
	for {
		n, err := r.Read(chunk[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(chunk, uint32(n))
			if _, err := conn.Write(chunk[:4+n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	_, err := conn.Write([]byte{0, 0, 0, 0})
	return err
}
