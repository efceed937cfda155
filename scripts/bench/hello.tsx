// A bare Ink hello-world, Ink as it comes: what the first frame of the wizard is compared with.
import { render, Text } from 'ink';

const { unmount } = render(<Text>Hello world</Text>);
// Long enough for the benchmark to read off what the frame cost; it ends the program itself.
setTimeout(unmount, 5_000);
