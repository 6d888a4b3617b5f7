import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * An application with nothing of its own, which ends as soon as it runs. In the default
 * package on purpose: nothing is below it that could be scanned.
 */
@SpringBootApplication(scanBasePackages = "nothing.there")
public class EmptyApplication {

	public static void main(String[] args) {
		SpringApplication.run(EmptyApplication.class, args).close();
	}

}
