package dev.supervision.sample;

import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

import dev.supervision.Node;
import dev.supervision.ServerExitedException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.util.FileCopyUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The store over HTTP. Bodies are read as they come, whatever type a client says they
 * have.
 */
@RestController
@RequestMapping("/store")
class StoreController {

	private final KeyValueStore store;

	private final Node node;

	StoreController(KeyValueStore store, Node node) {
		this.store = store;
		this.node = node;
	}

	@GetMapping("/{key}")
	ResponseEntity<String> get(@PathVariable String key) {
		return ResponseEntity.of(Optional.ofNullable(this.store.get(key)));
	}

	@PutMapping("/{key}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void set(@PathVariable String key, Reader value) throws IOException {
		this.store.set(key, FileCopyUtils.copyToString(value));
	}

	/**
	 * Sends a message that is not of the protocol. The store takes none, and crashes, as
	 * in the first article.
	 */
	@PostMapping("/call")
	ResponseEntity<String> call(Reader message) throws IOException {
		String text = FileCopyUtils.copyToString(message);
		try {
			Object answer = this.node.raw("primary-key-value-store").call(text);
			return ResponseEntity.of(Optional.ofNullable(answer).map(Object::toString));
		}
		catch (ServerExitedException ex) {
			throw new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR, ex.getMessage(), ex);
		}
	}

}
