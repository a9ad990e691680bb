package domain

// Why returns the reason that the reporter gave for an event: empty where none was given, and for an event that
// carries none. An event that carries one has a method of this name.
func Why(event interface{ EventName() string }) string {
	if e, ok := event.(interface{ Why() string }); ok {
		return e.Why()
	}
	return ""
}

// Listed makes one text of several, and leaves out those that are empty.
func Listed(first string, more ...string) string {
	for _, m := range more {
		if m != "" {
			first += "; " + m
		}
	}
	return first
}
