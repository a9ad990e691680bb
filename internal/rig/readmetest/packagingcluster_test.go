package readmetest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// natsServers are three NATS servers by the configuration in packaging/nats, on this machine.
func (h *host) natsServers(t *testing.T) (addresses [3]string) {
	t.Helper()
	program := built(t, "go build -o nats-server github.com/nats-io/nats-server/v2")
	server, err := os.ReadFile(root + "/packaging/nats/server.conf")
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := os.ReadFile(root + "/packaging/nats/accounts.conf")
	if err != nil {
		t.Fatal(err)
	}
	routes := [3]string{free(t), free(t), free(t)}
	for i := range addresses {
		addresses[i] = free(t)
		dir := filepath.Join(h.dir, fmt.Sprint("nats", i+1))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, from := range map[string]string{"cert.pem": "tls.crt", "key.pem": "tls.key", "ca.pem": "tls.crt"} {
			h.copy(filepath.Join(h.dir, "etc", from), filepath.Join(dir, name))
		}
		text := strings.NewReplacer(
			"server_name: n1", fmt.Sprint("server_name: n", i+1), "0.0.0.0:4222", addresses[i], "0.0.0.0:6222", routes[i],
			"n1:6222", routes[0], "n2:6222", routes[1], "n3:6222", routes[2], "/etc/nats", dir, "/var/lib/nats", filepath.Join(dir, "store"),
		).Replace(string(server))
		config := filepath.Join(dir, "server.conf")
		for path, text := range map[string]string{config: text, filepath.Join(dir, "accounts.conf"): string(accounts)} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(program, "-c", config)
		log, err := os.Create(filepath.Join(dir, "log"))
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stdout, cmd.Stderr = log, log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // it was killed
			if said, err := os.ReadFile(log.Name()); t.Failed() && err == nil {
				t.Logf("n%d: %s", i+1, said)
			}
			log.Close()
		})
	}
	return addresses
}

func (h *host) copy(from, to string) {
	h.t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// inFile writes a file that only its owner may read, beside those of the machine.
func (h *host) inFile(name, text string) string {
	h.t.Helper()
	path := filepath.Join(h.dir, "etc", name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// ofCompose is the command of the node in the Compose file, and how long it is given to stop.
func ofCompose(t *testing.T) (words []string, grace time.Duration) {
	t.Helper()
	text, err := os.ReadFile(root + "/packaging/container/compose-cluster.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct {
			Image   string
			Command []string
			Volumes []string
			Grace   string `yaml:"stop_grace_period"`
		}
		Volumes map[string]any
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for name, s := range file.Services {
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if _, named := file.Volumes[source]; !named && !strings.HasPrefix(source, "./") {
				t.Errorf("the service %s has the volume %s, which there is not", name, source)
			}
		}
	}
	module, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if _, version, _ := strings.Cut(file.Services["nats"].Image, ":"); !strings.Contains(string(module), "github.com/nats-io/nats-server/v2 v"+version+"\n") {
		t.Errorf("the Compose file runs NATS %s, and go.mod names another", version)
	}
	node := file.Services["milepost"]
	if grace, err = time.ParseDuration(node.Grace); err != nil {
		t.Fatal(err)
	}
	return append([]string{"/usr/local/bin/milepost"}, node.Command...), grace
}

// Three NATS servers by packaging/nats, a node by the drop-in of systemd and a node by the Compose file share a ledger, over TLS and with
// the accounts of least rights, and an operator finds nothing wrong with them.
func TestTheClusterPackagesRun(t *testing.T) {
	if testing.Short() {
		t.Skip("three servers")
	}
	noteInputs(t)
	h := newHost(t)
	binary, etc := h.replaced.Replace("/usr/local/bin/milepost"), filepath.Join(h.dir, "etc")
	h.copy(filepath.Join(etc, "tls.crt"), filepath.Join(etc, "ca.crt"))
	h.copy(filepath.Join(etc, "tls.crt"), filepath.Join(etc, "nats-ca.pem"))
	h.inFile("nats.creds", "milepost:REPLACE-NODE\n")
	h.inFile("nats-system.creds", "milepost-system:REPLACE-SYSTEM\n")
	admin := h.inFile("nats-admin.creds", "milepost-admin:REPLACE-ADMIN\n")
	credentials := filepath.Join(etc, "credentials.json")
	h.must(binary, "token", "add", "watch", "--role", "*=viewer", "--credentials", credentials, "--to", filepath.Join(etc, "watch.token"))
	nodesToo(t, credentials)

	servers := h.natsServers(t)
	urls := "tls://" + strings.Join(servers[:], ",tls://")
	h.must(binary, "cluster", "init", "--nats", urls, "--nats-creds", admin, "--nats-ca", filepath.Join(etc, "nats-ca.pem"),
		"--nats-system", urls, "--nats-system-creds", filepath.Join(etc, "nats-system.creds"))

	dropIn := readUnit(t, "milepost-cluster.conf")["Service.ExecStart"]
	if len(dropIn) != 2 || dropIn[0] != "" {
		t.Fatalf("the drop-in does not take the place of the command of milepost.service: %q", dropIn)
	}
	compose, grace := ofCompose(t)
	if grace < 30*time.Second {
		t.Errorf("the container is killed after %s", grace)
	}
	var pages []string
	for i, words := range [][]string{strings.Fields(dropIn[1]), compose} {
		grpc, http := free(t), free(t)
		h.replaced = strings.NewReplacer(
			"/usr/local/bin/milepost", binary, "/etc/milepost", etc, "/var/lib/milepost", filepath.Join(h.dir, "state", fmt.Sprint(i)),
			"0.0.0.0:7440", grpc, "0.0.0.0:7441", http, "%H:7440", grpc, "${HOST:?the name of this host}:7440", grpc,
			"n1.example.org:4222", servers[0], "n2.example.org:4222", servers[1], "n3.example.org:4222", servers[2],
			"n1:4222", servers[0], "n2:4222", servers[1], "n3:4222", servers[2],
		)
		if err := os.Mkdir(filepath.Join(h.dir, "state", fmt.Sprint(i)), 0o700); err != nil {
			t.Fatal(err)
		}
		_, end := h.serve(words)
		t.Cleanup(func() { end() })
		pages = append(pages, "http://"+http) // which is loopback here, where there is no TLS
	}
	status := append([]string{binary, "cluster", "status", "--token-file", filepath.Join(etc, "watch.token")}, pages...)
	ctx, cancel := context.WithTimeout(t.Context(), within/2)
	defer cancel()
	for {
		out, err := h.command(ctx, status...).CombinedOutput()
		if said := string(out); err == nil && strings.Contains(said, "writing") && strings.Contains(said, "following") {
			return
		}
		select {
		case <-time.After(300 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("something is wrong with the nodes: %s", out)
		}
	}
}

// nodesToo lets the certificate of this machine in as that of a node.
func nodesToo(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	file["certificates"] = []any{map[string]any{"cn": machine, "actor": "node a", "roles": map[string]any{"*": []string{"node"}}}}
	if text, err = json.Marshal(file); err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
