/** The present value of a colour token, which a canvas cannot resolve by itself. */
export type Colours = (token: string) => string;

export const createColours = (element: HTMLElement): Colours => {
  return (token) => {
    const before = element.style.color;
    element.style.color = `var(--${token})`;
    const { color } = getComputedStyle(element);
    element.style.color = before;
    return color;
  };
};
