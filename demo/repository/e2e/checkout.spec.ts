import { expect, test } from '@playwright/test';

test('a visitor sees products and is asked to sign in at the cart', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'North Sea cod' }).click();
  await expect(page.getByRole('button', { name: 'Add to cart' })).toBeVisible();
});

test('a customer orders', async ({ page }) => {
  await page.goto('/cart');
  await page.getByRole('button', { name: 'Order' }).click();
  await page.goto('/orders');
  await expect(page.getByRole('heading').first()).toContainText('pending');
});
