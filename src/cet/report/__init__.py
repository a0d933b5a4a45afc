"""What people read: tables, pictures, exports. Nothing here decides a figure."""
